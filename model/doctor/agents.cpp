#include "model/doctor/agents.hpp"

namespace tonris::model::doctor {

namespace {

severity severity_of(agent_finding::severity is) {
  switch (is) {
    case agent_finding::severity::note: return severity::note;
    case agent_finding::severity::warning: return severity::warning;
    case agent_finding::severity::error: return severity::error;
  }
  return severity::error;
}

}  // namespace

finding of_agent(const agent_finding& what, std::string_view agent, std::string_view tenant) {
  auto out = found("agent_unfit", {{"agent", std::string{agent}},
                                   {"tenant", std::string{tenant}},
                                   {"what", what.what},
                                   {"why", what.why},
                                   {"fix", what.fix}});
  out.is = severity_of(what.is);
  return out;
}

}  // namespace tonris::model::doctor
