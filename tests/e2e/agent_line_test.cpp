// The agent's line breaks as networks break: the caller keeps his stream, and the gateway lets go of what is broken.
#include <gtest/gtest.h>

#include "tests/e2e/text.hpp"
#include "tests/e2e/world.hpp"

namespace tonris::e2e {
namespace {

using namespace std::chrono_literals;
using manner = sim::agent_failure::manner;

/// The first conversation of an agent fails like this a second after its metadata, later ones are healthy.
std::optional<sim::agent_behaviour> first_fails(manner how, std::uint64_t number) {
  auto agent = quiet_agent();
  agent.barge_in_after = 1h;
  if (number > 1) return agent;
  agent.failure.when = sim::agent_failure::point::after_metadata;
  agent.failure.how = how;
  agent.failure.after = 1s;
  return agent;
}

struct broken_line {
  std::string name;
  manner how;
  std::string reason;
  std::uint16_t close_code;  ///< the gateway's, or 1006
};
class AgentLine : public testing::TestWithParam<broken_line> {};

TEST_P(AgentLine, ThatBreaksIsReplacedOnTheSameStream) {
  const auto& row = GetParam();
  world w([&](const std::string&, std::uint64_t number) {
    auto agent = first_fails(row.how, number);
    agent->greeting = sim::utterance{"Hello", "hello"};
    return agent;
  });
  w.start_gateway();
  auto options = w.caller();
  options.hang_up_after = 4s;
  identified_frames says(7, 150);
  listener hears;
  const auto report = w.call(options, says, hears);
  EXPECT_TRUE(report.violations.empty()) << violations_of(report.violations.all());
  EXPECT_EQ(report.streams.size(), 1u) << "the caller's stream stayed open";
  const auto record = w.record(report.call_sid);
  EXPECT_TRUE(has(record, R"("endReason":"caller_hung_up")")) << record;
  EXPECT_TRUE(has(record, R"("restarts":1)")) << record;
  EXPECT_EQ(count_of(record, "conversationId"), 2u) << record;
  EXPECT_TRUE(has(w.events(report.call_sid), row.reason)) << w.events(report.call_sid);
  EXPECT_TRUE(w.wait_until([&] { return w.vendor().live().empty(); }, 3s)) << "nothing bills on";
  EXPECT_TRUE(w.vendor_violations().empty()) << violations_of(w.vendor_violations());
  const auto conversations = w.conversations(report.call_sid);
  ASSERT_EQ(conversations.size(), 2u);
  EXPECT_EQ(conversations[0].close_code, row.close_code);
  EXPECT_GT(conversations[1].audio_bytes, 0u);
}
INSTANTIATE_TEST_SUITE_P(Manners, AgentLine,
                         testing::Values(broken_line{"Reset", manner::reset, "agent_lost", 1006},
                                         broken_line{"BinaryFrame", manner::binary, "agent_protocol_error", 1003},
                                         broken_line{"BrokenFrame", manner::broken_frame, "agent_protocol_error", 1002},
                                         broken_line{"Garbage", manner::garbage, "agent_protocol_error", 1000}),
                         [](const auto& row) { return row.param.name; });

/// One of several calls at once, each to a tenant and an agent of its own.
struct one_call {
  one_call(world& w, const std::string& to, std::chrono::seconds length) : says(9, 50 * length.count()) {
    auto options = w.caller();
    options.to = to;
    options.hang_up_after = length;
    report = w.place(options, says, hears);
  }
  identified_frames says;
  listener hears;
  std::future<sim::caller_report> report;
};

void expect_healed(world& w, const sim::caller_report& report, const std::string& reason) {
  EXPECT_TRUE(report.violations.empty()) << violations_of(report.violations.all());
  EXPECT_EQ(report.streams.size(), 1u);
  const auto record = w.record(report.call_sid);
  EXPECT_TRUE(has(record, R"("endReason":"caller_hung_up")")) << record;
  EXPECT_TRUE(has(record, R"("restarts":1)")) << record;
  const auto events = w.events(report.call_sid);
  EXPECT_TRUE(has(events, reason)) << events;
}

// Half-open, mute and stalled lines tell nobody that they are broken; the waits run side by side.
TEST(AgentLine, ThatTellsNobodyIsFoundAndReplaced) {
  world w([](const std::string& agent, std::uint64_t number) {
    if (agent == "agent_dark") return first_fails(manner::blackhole, number);
    if (agent == "agent_mute") return first_fails(manner::silence, number);
    return first_fails(manner::stall, number);
  });
  w.start_gateway("[" + tenant("dark", "+15550100003", "agent_dark") + "," +
                  tenant("mute", "+15550100004", "agent_mute") + "," +
                  tenant("stalls", "+15550100005", "agent_stalls") + "]");
  one_call dark(w, "+15550100003", 20s), mute(w, "+15550100004", 35s), stalled(w, "+15550100005", 20s);

  // What the caller says stays with us, which shows sooner than that nothing comes.
  expect_healed(w, dark.report.get(), "slow_agent");

  const auto report = stalled.report.get();
  expect_healed(w, report, "slow_agent");
  EXPECT_FALSE(has(w.record(report.call_sid), R"("dropped":0,)")) << "what is beyond five seconds is counted";
  EXPECT_TRUE(w.wait_until([&] { return w.vendor().live().size() == 1; }, 3s));
  const auto conversations = w.conversations(report.call_sid);
  ASSERT_EQ(conversations.size(), 2u);
  const auto& healthy = conversations[1];
  const auto ahead_ms = static_cast<double>(healthy.audio_bytes) / 8 - (healthy.ended_ms - healthy.metadata_ms);
  EXPECT_GT(ahead_ms, 3000) << "what waited was said first";
  EXPECT_LT(ahead_ms, 5500) << "and it was five seconds at most";

  expect_healed(w, mute.report.get(), "agent_lost");
  EXPECT_TRUE(w.wait_until([&] { return w.vendor().live().empty(); }, 3s));
  EXPECT_TRUE(w.vendor_violations().empty()) << violations_of(w.vendor_violations());
}

TEST(AgentLine, ThatStallsIsLeftWithinASecondOfTheHangUp) {
  world w([](const std::string&, std::uint64_t number) {
    auto agent = first_fails(manner::stall, number);
    agent->ping_every = 1h;  // nothing of the agent's may remind the kernel that nobody is there
    return agent;
  });
  w.start_gateway();
  auto options = w.caller();
  options.hang_up_after = 9s;
  identified_frames says(9, 500);
  listener hears;
  const auto report = w.call(options, says, hears);
  EXPECT_TRUE(report.violations.empty()) << violations_of(report.violations.all());
  ASSERT_TRUE(w.wait_until([&] { return w.vendor().live().empty(); }, 10s)) << "it bills on";
  const auto conversations = w.conversations(report.call_sid);
  ASSERT_EQ(conversations.size(), 1u);
  EXPECT_EQ(conversations[0].ended_by, "gateway");
  EXPECT_LT(conversations[0].ended_at - report.hung_up_at, 2s) << "a second, and what this machine needs";
}

}  // namespace
}  // namespace tonris::e2e
