// The agent's line breaks as networks break: the caller keeps his stream, and the gateway lets go of what is broken.
#include <gtest/gtest.h>

#include "tests/e2e/broken_agent.hpp"
#include "tests/e2e/text.hpp"
#include "tests/e2e/world.hpp"

namespace tonris::e2e {
namespace {

using namespace std::chrono_literals;
using manner = sim::agent_failure::manner;

struct broken_line {
  std::string name;
  sim::agent_failure how;
  std::string reason;
  std::uint16_t close_code;  ///< whoever closed, or 1006
};
class AgentLine : public testing::TestWithParam<broken_line> {};

TEST_P(AgentLine, ThatBreaksIsReplacedOnTheSameStream) {
  const auto& row = GetParam();
  world w([&](const std::string&, std::uint64_t number) { return std::optional{first_fails(row.how, number)}; });
  w.start_gateway();
  auto options = w.caller();
  options.hang_up_after = 4s;
  identified_frames says(7, 150);
  listener hears;
  const auto report = w.call(options, says, hears);
  expect_healed(w, report, row.reason);
  expect_vendor_content(w);
  const auto conversations = w.conversations(report.call_sid);
  ASSERT_EQ(conversations.size(), 2u);
  EXPECT_EQ(conversations[0].close_code, row.close_code);
  EXPECT_GT(conversations[1].audio_bytes, 0u);
}
INSTANTIATE_TEST_SUITE_P(
    Manners, AgentLine,
    testing::Values(broken_line{"TcpDrop", breaks(manner::drop), "agent_lost", 1006},
                    broken_line{"Reset", breaks(manner::reset), "agent_lost", 1006},
                    broken_line{"Close1011", breaks(manner::close, 1s, 1011), "agent_lost", 1011},
                    broken_line{"Close1012", breaks(manner::close, 1s, 1012), "agent_lost", 1012},
                    broken_line{"Close1013", breaks(manner::close, 1s, 1013), "agent_lost", 1013},
                    broken_line{"BinaryFrame", breaks(manner::binary), "agent_protocol_error", 1003},
                    broken_line{"BrokenFrame", breaks(manner::broken_frame), "agent_protocol_error", 1002},
                    broken_line{"Garbage", breaks(manner::garbage), "agent_protocol_error", 1000}),
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

// Half-open, mute and stalled lines tell nobody that they are broken; the waits run side by side.
TEST(AgentLine, ThatTellsNobodyIsFoundAndReplaced) {
  world w([](const std::string& agent, std::uint64_t number) {
    const auto how = agent == "agent_dark"   ? manner::blackhole
                     : agent == "agent_mute" ? manner::silence
                                             : manner::stall;
    return std::optional{first_fails(breaks(how), number)};
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
  expect_vendor_content(w);
}

TEST(AgentLine, ThatSaysMoreThanFourMebibytesAtOnceIsReplaced) {
  world w([](const std::string&, std::uint64_t number) {
    return std::optional{first_fails(breaks(manner::silence, 1h), number)};
  });
  w.start_gateway();
  one_call call(w, "+15550100002", 6s);
  ASSERT_TRUE(w.wait_until([&] { return !call.hears.came.empty(); }, 10s));
  w.on_loop([&] {
    w.vendor().live().front()->send_raw(R"({"type":"audio","audio_event":{"event_id":1,"audio_base_64":")" +
                                        std::string(5 * 1024 * 1024, 'A') + R"("}})");
  });
  expect_healed(w, call.report.get(), "agent_protocol_error");
  EXPECT_TRUE(w.wait_until([&] { return w.vendor().live().empty(); }, 3s));
  for (const auto& one : w.vendor_violations())
    EXPECT_EQ(one.rule, "close_code") << one.detail << ": 1009 is said to nobody who keeps to the protocol";
}

TEST(AgentLine, ThatStallsIsLeftWithinASecondOfTheHangUp) {
  world w([](const std::string&, std::uint64_t number) {
    auto agent = first_fails(breaks(manner::stall), number);
    agent.greeting.reset();
    agent.ping_every = 1h;  // nothing of the agent's may remind the kernel that nobody is there
    return std::optional{agent};
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
