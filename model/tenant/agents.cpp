#include "model/tenant/agents.hpp"

#include <algorithm>

namespace tonris::model {

std::vector<agent_id> agents_of(const tenant& t, const business_types& by_business, const agent_id& default_agent) {
  std::vector<agent_id> all;
  const auto add = [&all](const agent_id& agent) {
    if (!agent.empty() && std::find(all.begin(), all.end(), agent) == all.end()) all.push_back(agent);
  };
  for (const auto& choice : t.agents)
    if (choice.weight > 0) add(choice.agent);
  if (all.empty()) {
    const auto of_business = by_business.agent_of(t.business_type);
    add(!t.agent.empty() ? t.agent : !of_business.empty() ? of_business : default_agent);
  }
  for (const auto& number : t.numbers) add(number.agent);
  for (const auto& rule : t.caller_rules) add(rule.agent);
  if (t.business_hours) add(t.business_hours->closed.agent);
  add(t.limits.overflow.agent);
  for (const auto& backup : t.backup_agents) add(backup);
  return all;
}

}  // namespace tonris::model
