// Where a call goes: the real gateway, with its tenants' rules.
#include <gtest/gtest.h>

#include "tests/e2e/world.hpp"

namespace tonris::e2e {
namespace {

using namespace std::chrono_literals;

const std::string from = sim::caller_options{}.from;

/// Closed on every day of the week.
const std::string never_open = R"("businessHours":{"timezone":"Europe/Rome")";

class Routing : public testing::Test {
 protected:
  world w{[](const std::string& agent, std::uint64_t) -> std::optional<sim::agent_behaviour> {
    if (agent == "agent_unknown") return std::nullopt;
    return quiet_agent();
  }};

  sim::caller_report call() {
    auto options = w.caller();
    options.at_most = 3s;
    return w.call(options);
  }
  std::string record_of(const sim::caller_report& report) { return w.record(report.call_sid); }
  static void expect(const std::string& record, const std::string& part) {
    EXPECT_NE(record.find(part), std::string::npos) << part << " in " << record;
  }
};

TEST_F(Routing, TellsACallerOutsideBusinessHoursThatItIsClosedInTheTenantsLanguage) {
  w.start_gateway(one_tenant(never_open + R"(},"language":"it")"));
  const auto report = call();
  ASSERT_EQ(report.spoken.size(), 1u);
  EXPECT_NE(report.spoken[0].find("siamo chiusi"), std::string::npos) << report.spoken[0];
  const auto record = record_of(report);
  expect(record, R"("endReason":"closed")");
  expect(record, R"("rule":"closed")");
  EXPECT_TRUE(report.violations.empty()) << violations_of(report.violations.all());
  EXPECT_TRUE(w.conversations().empty());
}

TEST_F(Routing, TakesAMessageOutsideBusinessHours) {
  w.start_gateway(one_tenant(never_open + R"(,"closed":{"action":"voicemail"}})"));
  const auto report = call();
  const auto record = record_of(report);
  expect(record, R"("endReason":"closed")");
  expect(record, R"("fallback":"voicemail")");
  EXPECT_TRUE(report.violations.empty()) << violations_of(report.violations.all());
}

TEST_F(Routing, TurnsABlockedCallerAway) {
  w.start_gateway(one_tenant(R"("blockedCallers":[")" + from + R"("])"));
  const auto report = call();
  ASSERT_EQ(report.spoken.size(), 1u);
  EXPECT_NE(report.spoken[0].find("cannot take your call"), std::string::npos) << report.spoken[0];
  expect(record_of(report), R"("endReason":"caller_blocked")");
  EXPECT_TRUE(w.conversations().empty());
}

TEST_F(Routing, GivesAVipAnAgentOfHisOwnAlsoOutsideBusinessHours) {
  w.start_gateway(one_tenant(never_open + R"(},"callerRules":[{"name":"vip","callers":[")" + from +
                             R"("],"action":"agent","agentId":"agent_vip"}])"));
  const auto report = call();
  const auto record = record_of(report);
  expect(record, R"("agentId":"agent_vip")");
  expect(record, R"("rule":"caller_rule","ruleName":"vip")");
  EXPECT_EQ(w.conversations(report.call_sid).size(), 1u);
}

TEST_F(Routing, GoesOnWithTheNextAgentWhereTheFirstIsUnknownAndLeavesThatOneAloneAfterAWhile) {
  w.start_gateway(one_tenant(R"("agents":[{"agentId":"agent_unknown"}],"backupAgents":["agent_next"])"));
  for (int n = 0; n < 6; ++n) {
    const auto report = call();
    const auto record = record_of(report);
    expect(record, R"("agentId":"agent_next")");
    expect(record, n < 5 ? R"("restarts":1)" : R"("restarts":0)");
    EXPECT_EQ(w.conversations(report.call_sid).size(), 1u);
  }
}

}  // namespace
}  // namespace tonris::e2e
