#include "model/doctor/agents.hpp"

#include <gtest/gtest.h>

namespace tonris::model::doctor {
namespace {

TEST(AgentOfATenant, IsToldInItsOwnWords) {
  using grave = agent_finding::severity;
  for (const auto& [is, told] :
       {std::pair{grave::note, severity::note}, {grave::warning, severity::warning}, {grave::error, severity::error}}) {
    const auto one = of_agent({is, "it is so", "therefore", "do that"}, "agent_1", "salon-1");
    EXPECT_EQ(one, (finding{told, area::elevenlabs, "agent_unfit", "agent agent_1, tenant salon-1: it is so",
                            "therefore", "do that", "salon-1 (agent_1)", "agent …, tenant …: it is so", "do that"}));
  }
}

}  // namespace
}  // namespace tonris::model::doctor
