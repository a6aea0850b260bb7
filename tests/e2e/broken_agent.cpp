#include "tests/e2e/broken_agent.hpp"

#include <gtest/gtest.h>

#include "tests/e2e/text.hpp"

namespace tonris::e2e {

using namespace std::chrono_literals;

sim::agent_failure breaks(sim::agent_failure::manner how, std::chrono::milliseconds after_metadata,
                          std::uint16_t code) {
  sim::agent_failure f;
  f.when = sim::agent_failure::point::after_metadata;
  f.how = how;
  f.after = after_metadata;
  f.code = code;
  return f;
}

sim::agent_behaviour first_fails(const sim::agent_failure& how, std::uint64_t number) {
  auto agent = quiet_agent();
  agent.greeting = sim::utterance{"Hello", "hello"};
  agent.barge_in_after = 1h;
  if (number == 1) agent.failure = how;
  return agent;
}

void expect_healed(world& w, const sim::caller_report& report, const std::string& reason) {
  EXPECT_TRUE(report.violations.empty()) << violations_of(report.violations.all());
  EXPECT_EQ(report.streams.size(), 1u) << "the caller's stream stayed open";
  const auto record = w.record(report.call_sid);
  EXPECT_TRUE(has(record, R"("endReason":"caller_hung_up")")) << record;
  EXPECT_TRUE(has(record, R"("restarts":1)")) << record;
  EXPECT_EQ(count_of(record, "conversationId"), 2u) << record;
  const auto events = w.events(report.call_sid);
  EXPECT_TRUE(has(events, reason)) << events;
  EXPECT_TRUE(has(events, "agent_restart")) << events;
}

void expect_vendor_content(world& w) {
  EXPECT_TRUE(w.wait_until([&] { return w.vendor().live().empty(); }, 3s)) << "nothing bills on";
  EXPECT_TRUE(w.vendor_violations().empty()) << violations_of(w.vendor_violations());
}

}  // namespace tonris::e2e
