// A caller's socket that takes nothing, and an agent who has much to say: what is owed comes late, up to a minute of
// it.
#include <gtest/gtest.h>

#include "tests/e2e/text.hpp"
#include "tests/e2e/world.hpp"

namespace tonris::e2e {
namespace {

using namespace std::chrono_literals;

/// An agent that says so many seconds at once.
world::behaviour says_at_once(const std::string& seconds) {
  return [seconds](const std::string&, std::uint64_t) {
    auto agent = quiet_agent();
    agent.greeting = sim::utterance{"A long story", seconds};
    agent.pace = 1000;
    return std::optional{agent};
  };
}

std::vector<std::uint8_t> story(const std::string& seconds, const sim::conversation_facts&) {
  return identified_audio(5, 50 * std::stoul(seconds));
}

TEST(SlowCaller, HearsLateAndWholeWhatIsLessThanAMinute) {
  world w(says_at_once("55"));
  w.sounds = story;
  w.start_gateway();
  auto options = w.caller();
  options.hang_up_after = 7s;
  options.faults.not_reading = {{0ms, 4s}};
  silent says(400);
  listener hears;
  const auto report = w.call(options, says, hears);
  EXPECT_TRUE(report.violations.empty()) << violations_of(report.violations.all());
  EXPECT_EQ(report.streams.size(), 1u);
  EXPECT_EQ(hears.came, identified_audio(5, 50 * 55));
  const auto record = w.record(report.call_sid);
  EXPECT_TRUE(has(record, R"("dropped":0,)")) << record;
}

TEST(SlowCaller, GetsANewStreamBeyondAMinute) {
  world w(says_at_once("100"));
  w.sounds = story;
  w.start_gateway();
  auto options = w.caller();
  options.hang_up_after = 8s;
  options.faults.not_reading = {{0ms, 4s}};
  silent says(400);
  listener hears;
  const auto report = w.call(options, says, hears);
  EXPECT_TRUE(report.violations.empty()) << violations_of(report.violations.all());
  ASSERT_EQ(report.streams.size(), 2u);
  EXPECT_EQ(report.streams[0].ended_by, "gateway");
  EXPECT_EQ(report.streams[0].close_code, 1013);
  EXPECT_EQ(report.streams[1].ended_by, "caller");
  const auto record = w.record(report.call_sid);
  EXPECT_TRUE(has(record, R"("endReason":"caller_hung_up")")) << record;
  EXPECT_FALSE(has(record, R"("dropped":0,)")) << record;
  EXPECT_EQ(count_of(record, "conversationId"), 1u) << "the agent is the same: " << record;
  EXPECT_TRUE(has(w.events(report.call_sid), "slow_caller"));
  EXPECT_TRUE(w.gateway().metric_comes_to("tonris_streams_dropped_total", 1));
  EXPECT_TRUE(w.wait_until([&] { return w.vendor().live().empty(); }, 3s));
}

TEST(SlowCaller, IsNotWhoReadsALongMessageThatComesAtOnce) {
  auto agent = says_at_once("180");
  world w([agent](const std::string& name, std::uint64_t number) {
    auto behaviour = agent(name, number);
    behaviour->chunk_bytes = {180 * 8000};
    return behaviour;
  });
  w.sounds = story;
  w.start_gateway();
  auto options = w.caller();
  options.hang_up_after = 4s;
  silent says(200);
  listener hears;
  const auto report = w.call(options, says, hears);
  EXPECT_TRUE(report.violations.empty()) << violations_of(report.violations.all());
  EXPECT_EQ(report.streams.size(), 1u);
  EXPECT_EQ(hears.came, identified_audio(5, 50 * 180));
  EXPECT_TRUE(has(w.record(report.call_sid), R"("dropped":0,)"));
}

TEST(SlowCaller, GetsANewStreamThoughHeMissesTheClose) {
  world w(says_at_once("100"));
  w.sounds = story;
  w.start_gateway();
  auto options = w.caller();
  options.hang_up_after = 8s;
  options.faults.not_reading = {{0ms, 5s}};
  silent says(400);
  listener hears;
  const auto report = w.call(options, says, hears);
  EXPECT_TRUE(report.violations.empty()) << violations_of(report.violations.all());
  EXPECT_EQ(report.streams.size(), 2u);
  const auto record = w.record(report.call_sid);
  EXPECT_TRUE(has(record, R"("endReason":"caller_hung_up")")) << record;
  EXPECT_TRUE(has(w.events(report.call_sid), "slow_caller"));
}

}  // namespace
}  // namespace tonris::e2e
