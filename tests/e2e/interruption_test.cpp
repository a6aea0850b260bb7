// What the caller hears around an interruption, whatever turn its id names.
#include <gtest/gtest.h>

#include <vector>

#include "tests/e2e/world.hpp"
#include "tools/sim/elevenlabs/agent_messages.hpp"

namespace tonris::e2e {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t half_a_second = 25;  // frames

struct agent_message {
  enum class kind { interruption, before_it, void_audio, reply };
  kind what;
  std::int64_t event_id;
};
using kind = agent_message::kind;

struct interrupted_agent {
  const char* name;
  std::vector<agent_message> says;
};
class Interruption : public testing::TestWithParam<interrupted_agent> {};

TEST_P(Interruption, LeavesTheCallerTheWholeReplyAndNothingElse) {
  world w([](const std::string&, std::uint64_t) { return std::optional{quiet_agent()}; });
  w.start_gateway();
  silent says;
  listener hears;
  auto options = w.caller();
  options.hang_up_after = 2500ms;
  auto call = w.place(options, says, hears);
  ASSERT_TRUE(w.wait_until(
      [&] {
        const auto talks = w.vendor().live();
        return !talks.empty() && talks.front()->record().metadata_ms >= 0;
      },
      10s));
  std::vector<std::uint8_t> played;
  std::vector<std::uint32_t> replies;
  w.on_loop([&] {
    const auto talk = w.vendor().live().front();
    std::uint32_t number = 0;
    for (const auto& message : GetParam().says) {
      if (message.what == kind::interruption) {
        talk->send_raw(sim::say::interruption(message.event_id));
        continue;
      }
      const auto audio = identified_audio(++number, half_a_second);
      talk->send_raw(sim::say::audio(audio, message.event_id));
      if (message.what != kind::void_audio) played.insert(played.end(), audio.begin(), audio.end());
      if (message.what == kind::reply) replies.push_back(number);
    }
  });
  const auto report = call.get();
  EXPECT_TRUE(report.violations.empty()) << violations_of(report.violations.all());
  EXPECT_EQ(hears.came, played);
  for (const auto reply : replies) EXPECT_EQ(frames_found(reply, half_a_second, hears.ear), half_a_second);
  ASSERT_EQ(report.streams.size(), 1u);
  EXPECT_EQ(report.streams[0].clears, 1u);
}

INSTANTIATE_TEST_SUITE_P(
    , Interruption,
    testing::Values(
        interrupted_agent{
            "NamesTheReply",
            {{kind::before_it, 1}, {kind::interruption, 2}, {kind::void_audio, 1}, {kind::reply, 2}, {kind::reply, 2}}},
        interrupted_agent{"NamesTheTurnItCuts",
                          {{kind::before_it, 2},
                           {kind::interruption, 2},
                           {kind::void_audio, 2},
                           {kind::void_audio, 2},
                           {kind::reply, 3}}},
        interrupted_agent{"NamesAnIdBetweenThem",
                          {{kind::before_it, 1}, {kind::interruption, 2}, {kind::void_audio, 1}, {kind::reply, 3}}}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace tonris::e2e
