#include "actors/web/post_call.hpp"

#include <chrono>
#include <deque>
#include <string>
#include <thread>

#include "model/elevenlabs/signature.hpp"
#include "model/text/base64.hpp"
#include "tests/actors/web/front_fixture.hpp"

namespace tonris::actors::test {
namespace {

using testing::HasSubstr;

/// A keeper that remembers what it was given.
struct kept_callbacks {
  std::vector<keep_callback> kept;
  std::map<std::uint64_t, std::string> audio;
  std::uint64_t begun = 0;
  callback_kept::outcome answers = callback_kept::outcome::kept;
  bool full = false;  ///< no audio is taken
};
caf::behavior fake_keeper(caf::event_based_actor*, std::shared_ptr<kept_callbacks> all) {
  return {[all](begin_audio) {
            all->audio[++all->begun];
            return incoming_audio{all->begun};
          },
          [all](const append_audio& m) -> caf::result<audio_appended> {
            if (all->full) return caf::make_error(caf::sec::runtime_error, "full");
            all->audio[m.to.number] += m.bytes;
            return audio_appended{};
          },
          [all](const drop_audio& m) { all->audio.erase(m.which.number); },
          [all](const keep_callback& m) {
            all->kept.push_back(m);
            return callback_kept{all->answers};
          }};
}

class PostCall : public FrontTest {
 protected:
  static inline const std::string path = "/api/webhooks/elevenlabs/post-call";
  static constexpr std::int64_t now = 1'800'000'000;

  void SetUp() override {
    FrontTest::SetUp();
    keeper = track_as<callback_keeper>(system.spawn(fake_keeper, all));
    auto with = front_config();
    with.elevenlabs.secrets = {"wsec_new", "wsec_old"};
    with.elevenlabs.unix_now = [] { return now; };
    with.callbacks = keeper;
    open_doors(std::move(with));
    net::http_server_limits limits;
    limits.body_plan = [this](const net::http_request& head) { return front->body_plan(head); };
    service = std::make_shared<net::http_service>(io, limits, nullptr,
                                                  [this](net::http_request request, net::http_responder responder) {
                                                    front->handle(std::move(request), std::move(responder));
                                                  });
  }
  void TearDown() override {
    keeper = nullptr;
    FrontTest::TearDown();
  }
  static std::string signed_by(const std::string& secret, const std::string& body, std::int64_t at = now) {
    return "ElevenLabs-Signature: " + model::elevenlabs::sign(secret, at, body) + "\r\n";
  }
  static std::string head(const std::string& body, const std::string& fields) {
    return "POST " + path + " HTTP/1.1\r\nHost: internal\r\n" + fields +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  }
  answer post(const std::string& body, const std::string& fields) { return exchange(head(body, fields) + body); }
  static std::string report(const std::string& more = "") {
    return R"({"type":"post_call_transcription","event_timestamp":1739537297,"data":{"agent_id":"agent_01",)"
           R"("conversation_id":"conv_01","status":"done")" +
           more + "}}";
  }
  static std::string audio_report(const std::string& sound) {
    return R"({"type":"post_call_audio","event_timestamp":1,"data":{"conversation_id":"conv_01","full_audio":")" +
           model::to_base64(std::vector<std::uint8_t>(sound.begin(), sound.end())) + R"("}})";
  }

  std::shared_ptr<kept_callbacks> all = std::make_shared<kept_callbacks>();
  callback_keeper keeper;
};

TEST_F(PostCall, IsKeptBeforeItIsAnswered) {
  const auto body = report();
  const auto said = post(body, signed_by("wsec_old", body));
  EXPECT_EQ(said.status, 200u);
  ASSERT_EQ(all->kept.size(), 1u);
  EXPECT_EQ(all->kept[0].body, body);
  EXPECT_EQ(all->kept[0].audio.number, 0u);
  EXPECT_EQ(counted(R"(tonris_callback_secret_total{secret="1"})"), 1);
}

TEST_F(PostCall, IsRefusedWhereItIsNotSignedRight) {
  const auto body = report();
  const struct {
    const char* why;
    std::string fields;
  } rows[] = {
      {"nothing", ""},
      {"the secret itself is not enough", "X-Webhook-Secret: wsec_new\r\n"},
      {"another secret", signed_by("wsec_none", body)},
      {"another body", signed_by("wsec_new", body + " ")},
      {"too old", signed_by("wsec_new", body, now - 1801)},
      {"of the future", signed_by("wsec_new", body, now + 301)},
      {"no signature in it", "ElevenLabs-Signature: t=1800000000\r\n"},
  };
  for (const auto& row : rows) EXPECT_EQ(post(body, row.fields).status, 401u) << row.why;
  EXPECT_TRUE(all->kept.empty());
  EXPECT_EQ(counted(R"(tonris_http_refused_total{endpoint="post_call",reason="bad_callback"})"),
            static_cast<double>(std::size(rows)));
}

TEST_F(PostCall, GoesToTheDiskInPiecesAndIsWholeThere) {
  std::string sound;
  for (int n = 0; sound.size() < 3 * post_call_desk::piece_bytes; ++n) sound += "frame " + std::to_string(n) + "; ";
  const auto body = audio_report(sound);
  const auto said = post(body, signed_by("wsec_new", body));
  EXPECT_EQ(said.status, 200u);
  ASSERT_EQ(all->kept.size(), 1u);
  EXPECT_EQ(all->audio.at(all->kept[0].audio.number), sound);
  EXPECT_THAT(all->kept[0].body, HasSubstr(R"("full_audio":"")"));
}

TEST_F(PostCall, LeavesNoSoundOfWhatWasNotSigned) {
  const auto body = audio_report(std::string(2 * post_call_desk::piece_bytes, 'x'));
  EXPECT_EQ(post(body, signed_by("wsec_none", body)).status, 401u);
  EXPECT_EQ(all->begun, 1u);
  EXPECT_TRUE(all->audio.empty());
}

TEST_F(PostCall, LeavesNoSoundOfWhatBrokeOff) {
  const auto body = audio_report(std::string(2 * post_call_desk::piece_bytes, 'x'));
  const auto bytes = head(body, signed_by("wsec_new", body)) + body.substr(0, body.size() - 100);
  EXPECT_EQ(exchange(bytes).status, 0u);
  EXPECT_EQ(all->audio.size(), 1u);
  service->cut_connections();
  settle();
  EXPECT_TRUE(all->audio.empty());
  EXPECT_TRUE(all->kept.empty());
}

TEST_F(PostCall, IsToBeSentAgainWhereItCannotBeKept) {
  const auto body = report();
  for (const auto how : {callback_kept::outcome::full, callback_kept::outcome::failed}) {
    all->answers = how;
    const auto said = post(body, signed_by("wsec_new", body));
    EXPECT_EQ(said.status, 503u);
    EXPECT_THAT(said.head, HasSubstr("Retry-After"));
  }
  all->answers = callback_kept::outcome::known;
  EXPECT_EQ(post(body, signed_by("wsec_new", body)).status, 200u) << "it is there";
  all->full = true;
  const auto audio = audio_report(std::string(2 * post_call_desk::piece_bytes, 'x'));
  EXPECT_EQ(post(audio, signed_by("wsec_new", audio)).status, 503u);
  EXPECT_TRUE(all->audio.empty());
}

TEST_F(PostCall, SaysWhatIsWrongWithWhatCannotBeRead) {
  const std::string nonsense = R"({"type":"post_call_audio","data":{"full_audio":"not base64!"}})";
  EXPECT_EQ(post(nonsense, signed_by("wsec_new", nonsense)).status, 400u);
  const auto longer = report(",\"x\":\"" + std::string(9UL * 1024 * 1024, 'x') + "\"");
  EXPECT_EQ(post(longer, signed_by("wsec_new", longer)).status, 413u);
  EXPECT_TRUE(all->kept.empty());
}

TEST_F(PostCall, GivesUpTheSlowestWhereTooManyAre) {
  const auto body = report();
  constexpr std::size_t slowest = 7;
  std::vector<std::shared_ptr<fake_stream>> slow;
  for (std::size_t n = 0; n < post_call_desk::most; ++n) {
    (void)exchange(head(body, signed_by("wsec_new", body)) + body.substr(0, n == slowest ? 5 : 10));
    slow.push_back(streams.back());
  }
  std::this_thread::sleep_for(1100ms);  // now whoever has sent little is slow
  (void)exchange(head(body, signed_by("wsec_new", body)) + body.substr(0, 10));
  slow.push_back(streams.back());
  for (std::size_t n = 0; n < slow.size(); ++n) EXPECT_EQ(answer_on(*slow[n]).status, n == slowest ? 503u : 0u) << n;
  slow.back()->arrives(body.substr(10));
  settle();
  EXPECT_EQ(answer_on(*slow.back()).status, 200u);
}

}  // namespace
}  // namespace tonris::actors::test
