#include <gmock/gmock.h>

#include <map>

#include "redis_fixture.hpp"

/// Servers that do not behave: what a link makes of what it is answered by somebody who is no Redis, or a broken one.
namespace tonris::net::test {
namespace {

using testing::HasSubstr;

/// Answers the greeting as a Redis would, and everything else as the test says.
class scripted_redis : public byte_reader {
 public:
  explicit scripted_redis(loop& where)
      : door_{where, nullptr, [this](std::shared_ptr<byte_stream> stream) { take(std::move(stream)); },
              [](const error&) {}} {}
  [[nodiscard]] std::string url() const { return "redis://127.0.0.1:" + std::to_string(door_.port()); }
  [[nodiscard]] std::uint16_t port() const { return door_.port(); }

  void on_bytes(std::span<char> bytes) override {
    if (deaf) return;
    std::string out;
    decoder_->put({bytes.data(), bytes.size()}, [&](redis_reply&& command) {
      const auto name = std::string{command.text_at(0)};
      heard.push_back(name);
      const auto said = answers.find(name);
      out += said == answers.end() ? "+OK\r\n" : said->second;
      return true;
    });
    say(out);
  }
  void on_end(const error&) override { stream_ = nullptr; }

  void say(std::string_view bytes) {
    if (stream_) stream_->write(std::array{bytes});
  }
  void shut() {
    door_.stop();
    if (stream_) std::exchange(stream_, nullptr)->abort();
  }

  static std::string text(const std::string& what) {
    return "$" + std::to_string(what.size()) + "\r\n" + what + "\r\n";
  }
  std::map<std::string, std::string> answers{
      {"ROLE", "*3\r\n$6\r\nmaster\r\n:0\r\n*0\r\n"},
      {"INFO", text("redis_version:7.0.15\r\nrun_id:a\r\nmaster_replid:b\r\nmaxmemory_policy:noeviction\r\n")},
      {"PING", "+PONG\r\n"}};
  std::vector<std::string> heard;
  int connections = 0;
  bool deaf = false;  ///< takes what is sent, and says nothing: a half-open connection

 private:
  void take(std::shared_ptr<byte_stream> stream) {
    ++connections;
    if (stream_) stream_->abort();
    stream_ = std::move(stream);
    decoder_ = std::make_unique<redis_decoder>();
    stream_->read_to(*this);
  }

  stream_door door_;
  std::shared_ptr<byte_stream> stream_;
  std::unique_ptr<redis_decoder> decoder_;
};

class RedisPeer : public RedisLinkTest {
 protected:
  void SetUp() override {
    RedisLinkTest::SetUp();
    on(io, [this] { peer = std::make_unique<scripted_redis>(io); });
  }
  void TearDown() override {
    on(io, [this] {
      link.reset();
      peer->shut();
      peer.reset();
      if (other) {
        other->shut();
        other.reset();
      }
    });
    io.stop();
  }
  bool lost(std::uint64_t times = 1) {
    return eventually(io, [this, times] { return link->losses() >= times; });
  }
  /// Why the link gave its connection up the first time.
  std::string why_lost() {
    return on(io, [this]() -> std::string {
      for (std::size_t i = 1; i < states.size(); ++i)
        if (states[i - 1].is == phase::ready) return states[i].why;
      return "it did not";
    });
  }

  std::unique_ptr<scripted_redis> peer;
  std::unique_ptr<scripted_redis> other;
};

TEST_F(RedisPeer, ThatAnswersUnaskedIsLeft) {
  open_ready(options_of(peer->url()));
  on(io, [this] { peer->say("+OK\r\n"); });
  ASSERT_TRUE(lost());
  EXPECT_THAT(why_lost(), HasSubstr("nobody asked"));
  EXPECT_TRUE(becomes(phase::ready));
}

TEST_F(RedisPeer, ThatRefusesUnaskedIsQuoted) {
  open_ready(options_of(peer->url()));
  on(io, [this] { peer->say("-ERR max number of clients reached\r\n"); });
  ASSERT_TRUE(lost());
  EXPECT_THAT(why_lost(), HasSubstr("max number of clients"));
}

TEST_F(RedisPeer, ThatAnswersAPingTwiceIsLeft) {
  peer->answers["PING"] = "+PONG\r\n+PONG\r\n";
  open_ready(options_of(peer->url()));
  ASSERT_TRUE(lost());
}

TEST_F(RedisPeer, ThatAnswersAnotherPingThanOursIsLeft) {
  peer->answers["GET"] = "+PONG\r\n";
  open_ready(options_of(peer->url()));
  EXPECT_EQ(say({"GET", "k"}).outcome, outcome::unknown);
}

TEST_F(RedisPeer, ThatAnswersAPingWithSomethingElseIsLeft) {
  peer->answers["PING"] = "*1\r\n:1\r\n";
  open_ready(options_of(peer->url()));
  ASSERT_TRUE(lost());
}

TEST_F(RedisPeer, ThatDoesNotSpeakItsLanguageIsLeft) {
  peer->answers["GET"] = "%1\r\n+a\r\n+b\r\n";
  open_ready(options_of(peer->url()));
  EXPECT_EQ(say({"GET", "k"}).outcome, outcome::unknown);
  EXPECT_THAT(why_lost(), HasSubstr("not the language of Redis"));
}

TEST_F(RedisPeer, ThatIsSomethingElseIsNeverReady) {
  peer->answers["ROLE"] = "HTTP/1.1 400 Bad Request\r\n\r\n";
  open(options_of(peer->url()));
  ASSERT_TRUE(becomes(phase::away));
  EXPECT_THAT(state().why, HasSubstr("not the language of Redis"));
}

TEST_F(RedisPeer, ThatIsSilentIsLeft) {
  open_ready(options_of(peer->url()));
  on(io, [this] { peer->deaf = true; });
  ASSERT_TRUE(lost()) << "by the PING alone";
  ASSERT_TRUE(becomes(phase::away));
  EXPECT_THAT(state().why, HasSubstr("greeting in time"));
}

TEST_F(RedisPeer, ThatAnswersLateEndsAllThatWasBehind) {
  peer->answers["GET"] = "";
  open_ready(options_of(peer->url()));
  const auto what = ask({{"SET", "k", "v"}, {"GET", "k"}, {"SET", "k", "w"}}, 100ms);
  const auto patient = ask({{"GET", "k"}}, 10s);
  ASSERT_TRUE(all_there(patient));
  EXPECT_EQ(what->answers[0].outcome, outcome::ok);
  EXPECT_EQ(patient->answers[0].outcome, outcome::unknown);
  EXPECT_EQ(what->count, 3U);
}

TEST_F(RedisPeer, OfAClusterThatHasMovedTheDataIsFollowedOnce) {
  on(io, [this] { other = std::make_unique<scripted_redis>(io); });
  peer->answers["GET"] = "-MOVED 3999 127.0.0.1:" + std::to_string(other->port()) + "\r\n";
  other->answers["GET"] = "$5\r\nthere\r\n";
  open_ready(options_of(peer->url()));
  const auto answer = say({"GET", "k"});
  EXPECT_EQ(answer.outcome, outcome::refused);
  EXPECT_EQ(answer.refusal, redis_refusal::moved);
  ASSERT_TRUE(becomes(phase::ready));
  EXPECT_EQ(say({"GET", "k"}).reply.text, "there");
}

TEST_F(RedisPeer, ThatSendsInCirclesIsNotFollowed) {
  peer->answers["GET"] = "-MOVED 3999 :" + std::to_string(peer->port()) + "\r\n";
  open_ready(options_of(peer->url()));
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(say({"GET", "k"}, 5s).outcome, outcome::refused);
    ASSERT_TRUE(lost(static_cast<std::uint64_t>(i + 1)));
    ASSERT_TRUE(becomes(phase::ready));
  }
  EXPECT_EQ(on(io, [this] { return peer->connections; }), 5) << "one for each command, and no more";
}

TEST_F(RedisPeer, OfOldKindWrapsWhatItMeans) {
  peer->answers["EVALSHA"] = "-ERR Error running script (call to f_1): @user_script:1: -READONLY You can't write\r\n";
  open_ready(options_of(peer->url()));
  const redis_script script{"return 1", "e0e1f9fabfc9d4800c877a703b823ac0578ff8db"};
  EXPECT_EQ(run(script, {}, {}).refusal, redis_refusal::readonly);
  EXPECT_TRUE(lost());
}

TEST_F(RedisPeer, ThatForgetsAScriptAtOnceIsAskedTwiceOnly) {
  peer->answers["EVALSHA"] = peer->answers["EVAL"] = "-NOSCRIPT No matching script.\r\n";
  open_ready(options_of(peer->url()));
  const redis_script script{"return 1", "e0e1f9fabfc9d4800c877a703b823ac0578ff8db"};
  EXPECT_EQ(run(script, {}, {}).refusal, redis_refusal::noscript);
  const auto heard = on(io, [this] { return peer->heard; });
  EXPECT_EQ(std::ranges::count(heard, "EVALSHA"), 1);
  EXPECT_EQ(std::ranges::count(heard, "EVAL"), 1);
}

TEST_F(RedisPeer, ThatLacksRightsIsComplainedOfOnce) {
  peer->answers["GET"] = "-NOPERM this user has no permissions to access one of the keys\r\n";
  open_ready(options_of(peer->url()));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(say({"GET", "k"}).refusal, redis_refusal::noperm);
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_THAT(faults[0], HasSubstr("REDIS_URL"));
  EXPECT_EQ(state().is, phase::ready);
}

// A link that is ready for moments only must not ask its server for a connection without a pause.
TEST_F(RedisPeer, ThatIsReadyForMomentsIsNotBesieged) {
  peer->answers["GET"] = "-READONLY no\r\n";
  auto options = options_of(peer->url());
  options.times.first_pause = 20ms;
  options.times.longest_pause = 5s;
  options.times.health = 60s;
  at_state = [this](const redis_state& now) {
    if (now.is == phase::ready)
      link->command(std::array<std::string_view, 2>{"GET", "k"}, 1s, [](const redis_answer&) {});
  };
  open(options);
  std::this_thread::sleep_for(1500ms);
  EXPECT_LE(on(io, [this] { return peer->connections; }), 16) << "pauses of 10, 20, 40, 80 ... ms, on average";
}

TEST_F(RedisPeer, IsToldNothingByALinkThatIsGone) {
  peer->answers["GET"] = "";
  open_ready(options_of(peer->url()));
  const auto sent = ask({{"GET", "k"}}, 10s);
  ASSERT_TRUE(eventually(io, [this] { return std::ranges::count(peer->heard, "GET") == 1; }));
  on(io, [&] { link.reset(); });
  EXPECT_EQ(sent->answers[0].outcome, outcome::unknown);
  open(options_of("redis://127.0.0.1:" + std::to_string(peer->port())));
}

TEST_F(RedisPeer, MayEndItsLinkByAnyAnswer) {
  open_ready(options_of(peer->url()));
  bool done = false;
  on(io, [&] {
    link->command(std::array<std::string_view, 2>{"GET", "k"}, 1s, [&](const redis_answer&) {
      link.reset();
      done = true;
    });
    link->command(std::array<std::string_view, 2>{"GET", "k"}, 1s,
                  [](const redis_answer& answer) { EXPECT_EQ(answer.outcome, outcome::unknown); });
  });
  EXPECT_TRUE(eventually(io, [&] { return done; }));
}

TEST_F(RedisPeer, MayEndItsLinkByAnyState) {
  at_state = [this](const redis_state& now) {
    if (now.is != phase::ready) link.reset();
  };
  open_ready(options_of(peer->url()));
  on(io, [this] { peer->say("+OK\r\n"); });
  EXPECT_TRUE(eventually(io, [this] { return link == nullptr; }));
}

}  // namespace
}  // namespace tonris::net::test
