#include "model/tenant/agents.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tonris::model {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> names(const tenant& t, const std::string& standard = "agent_default") {
  static const business_types types{{{"salon", {"agent_of_salons"}}}};
  std::vector<std::string> all;
  for (const auto& one : agents_of(t, types, {standard})) all.push_back(one.value);
  return all;
}

TEST(AgentsOfATenant, AreItsOwnElseThatOfItsBusinessElseTheDefault) {
  tenant t;
  EXPECT_THAT(names(t), ElementsAre("agent_default"));
  EXPECT_THAT(names(t, ""), IsEmpty());
  t.business_type = "salon";
  EXPECT_THAT(names(t), ElementsAre("agent_of_salons"));
  t.agent = {"agent_own"};
  EXPECT_THAT(names(t), ElementsAre("agent_own"));
  t.agents = {{{"agent_a"}, 1, {}}, {{"agent_b"}, 2, {}}, {{"agent_never"}, 0, {}}};
  EXPECT_THAT(names(t), ElementsAre("agent_a", "agent_b")) << "these win over elevenLabsAgentId";
}

TEST(AgentsOfATenant, AreThoseOfItsNumbersRulesHoursLimitsAndBackupsToo) {
  tenant t;
  t.agent = {"agent_own"};
  t.numbers = {{"+15550100003", {}, {"agent_of_number"}}, {"+15550100004", {}, {}}};
  t.caller_rules.emplace_back().agent = {"agent_of_rule"};
  t.business_hours.emplace().closed.agent = {"agent_by_night"};
  t.limits.overflow.agent = {"agent_of_overflow"};
  t.backup_agents = {{"agent_backup"}, {"agent_own"}};
  EXPECT_THAT(names(t), ElementsAre("agent_own", "agent_of_number", "agent_of_rule", "agent_by_night",
                                    "agent_of_overflow", "agent_backup"));
}

}  // namespace
}  // namespace tonris::model
