#include "actors/web/stream_echo.hpp"

#include "model/access/doctor_proof.hpp"
#include "model/doctor/seen_request.hpp"
#include "tests/actors/web/front_fixture.hpp"

namespace tonris::actors::test {
namespace {

using testing::HasSubstr;

class StreamEcho : public FrontTest {
 protected:
  static std::string opening(const std::string& secret = "admin") {
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch());
    auto bytes = upgrade_bytes(std::string{model::doctor::echo_stream_path}, "none");
    const auto proof =
        secret.empty() ? ""
                       : std::string{model::doctor_field} + ": " + model::doctor_proof(secret, now.count()) + "\r\n";
    return bytes.insert(bytes.size() - 2, proof);
  }
  /// A client's frame, whose mask changes nothing.
  static std::string frame(const std::string& text) {
    std::string bytes{"\x81"};
    if (text.size() < 126) {
      bytes += static_cast<char>(0x80U | text.size());
    } else {
      bytes += static_cast<char>(0x80U | 127U);
      for (int shift = 56; shift >= 0; shift -= 8)
        bytes += static_cast<char>(text.size() >> static_cast<unsigned>(shift));
    }
    return bytes.append(4, '\0').append(text);
  }
  void say(const std::string& bytes) {
    streams.back()->arrives(bytes);
    settle();
  }
};

TEST_F(StreamEcho, SendsEverythingBack) {
  open_doors();
  ASSERT_EQ(exchange(opening()).status, 101u);
  EXPECT_THAT(streams.back()->written, testing::Not(HasSubstr("xtensions")));
  say(frame("a short one"));
  EXPECT_TRUE(
      streams.back()->written.ends_with("\x81\x0B"
                                        "a short one"));
  std::string long_one(100'000, 'x');
  long_one.back() = 'y';
  say(frame(long_one));
  EXPECT_TRUE(streams.back()->written.ends_with(long_one));
  EXPECT_EQ(live_calls(), 0u);
}

TEST_F(StreamEcho, IsForWhoKnowsTheTokenAlone) {
  auto waiting = front_config();
  waiting.max_late_answers = 8;
  open_doors(waiting);
  EXPECT_EQ(exchange(opening("")).status, 401u);
  EXPECT_EQ(exchange(opening("another")).status, 0u) << "who tries waits";
  EXPECT_EQ(exchange(upgrade_bytes(std::string{model::doctor::echo_stream_path},
                                   model::twilio::signature(token, "wss://gw.example.com/media-stream/doctor", {})))
                .status,
            401u)
      << "Twilio has no business there";
  EXPECT_EQ(get(std::string{model::doctor::echo_stream_path}).status, 426u);
  auto with = front_config();
  with.admin_token.clear();
  open_doors(with);
  EXPECT_EQ(exchange(opening()).status, 403u);
}

TEST_F(StreamEcho, IsOneAtATime) {
  open_doors();
  ASSERT_EQ(exchange(opening()).status, 101u);
  const auto first = streams.back();
  const auto second = exchange(opening());
  EXPECT_EQ(second.status, 503u);
  EXPECT_THAT(second.body, HasSubstr("unavailable"));
  EXPECT_EQ(counted(R"(tonris_http_refused_total{endpoint="api",reason="too_many"})"), 1);
  first->arrives(std::string{"\x88\x80\0\0\0\0", 6});  // its close
  settle();
  EXPECT_EQ(exchange(opening()).status, 101u);
}

TEST_F(StreamEcho, EndsWhoSaysTooMuch) {
  open_doors();
  ASSERT_EQ(exchange(opening()).status, 101u);
  for (std::size_t i = 0; i <= stream_echo::most_messages; ++i) say(frame("m"));
  EXPECT_THAT(streams.back()->written, HasSubstr("too many messages"));
  ASSERT_EQ(exchange(opening()).status, 503u) << "its end is not answered yet";
  open_doors();
  ASSERT_EQ(exchange(opening()).status, 101u);
  say(frame(std::string(stream_echo::most_message_bytes + 1, 'x')));
  EXPECT_TRUE(streams.back()->written.find("\x88") != std::string::npos) << "one that is too long";
}

}  // namespace
}  // namespace tonris::actors::test
