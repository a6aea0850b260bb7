#include "model/usage_report/call_evidence.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace tonris::model {
namespace {

using outcome = tenant::experiment_type::outcome_type;

TEST(CallEvidence, CountsWhatAnotherAgentHadToServeAgainstTheVariantThatWasDrawn) {
  using namespace std::chrono_literals;
  tenant t;
  t.agents = {{{"agent_old"}, 50, "old"}, {{"agent_new"}, 50, "new"}, {{"agent_third"}, 1, ""}};
  t.backup_agents = {{"agent_spare"}};
  const std::chrono::system_clock::time_point now{1'000h};
  usage_figures ordinary, refused, lives;
  ordinary.outcome = refused.outcome = end_reason::caller_hung_up;
  refused.refused = true;
  const struct {
    const char *what, *variant, *agent;
    usage_figures used;
    std::optional<bool> well, is_judged;
  } table[] = {
      {"its own agent", "new", "agent_new", ordinary, true, true},
      {"another variant's", "new", "agent_old", ordinary, false, {}},
      {"a backup agent", "old", "agent_spare", ordinary, false, {}},
      {"a variant without a name", "agent_third", "agent_old", ordinary, false, {}},
      {"its agent has no name", "agent_third", "agent_third", ordinary, true, true},
      {"nobody's any more: its former agent, perhaps", "new", "agent_gone", ordinary, true, true},
      {"a variant that is gone", "older", "agent_old", ordinary, true, true},
      {"refused", "new", "agent_old", refused, {}, {}},
      {"it lives", "new", "agent_old", lives, {}, {}},
  };
  for (const auto& row : table) {
    const usage_entry whose{{"salon"}, now - 2h, {row.agent}, row.variant};
    const auto says = evidence_of(whose, row.used, true, t, outcome::success, now);
    EXPECT_EQ(says.well, row.well) << row.what;
    EXPECT_EQ(says.is_judged, row.is_judged) << row.what;
    EXPECT_EQ(evidence_of(whose, row.used, {}, t, outcome::completed, now).well, row.well) << row.what;
  }
}

}  // namespace
}  // namespace tonris::model
