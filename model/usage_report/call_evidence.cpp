#include "model/usage_report/call_evidence.hpp"

#include <algorithm>

namespace tonris::model {

const std::string& name_of(const tenant::agent_choice& variant) noexcept {
  return variant.variant.empty() ? variant.agent.value : variant.variant;
}

bool is_served_by_another(const tenant& t, const usage_entry& whose) noexcept {
  const auto drawn = std::ranges::find_if(t.agents, [&](const auto& one) { return name_of(one) == whose.variant; });
  if (drawn == t.agents.end() || drawn->agent == whose.agent) return false;
  return std::ranges::find(t.backup_agents, whose.agent) != t.backup_agents.end() ||
         std::ranges::find(t.agents, whose.agent, &tenant::agent_choice::agent) != t.agents.end();
}

call_evidence evidence_of(const usage_entry& whose, const usage_figures& used, std::optional<bool> judged,
                          const tenant& t, tenant::experiment_type::outcome_type asked,
                          std::chrono::system_clock::time_point now) noexcept {
  if (used.refused || !used.outcome) return {};
  if (is_served_by_another(t, whose)) return {false, std::nullopt};
  return {went_well(asked, judged, used), was_judged(asked, judged, used, now - whose.started)};
}

}  // namespace tonris::model
