#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "model/policy/agent_check.hpp"
#include "model/tenant/business_types.hpp"
#include "model/tenant/tenant.hpp"
#include "tools/ctl/agents.hpp"

namespace tonris::ctl {

/// What does not fit between tenants and their agents.
struct agent_report {
  struct item {
    std::string tenant, agent;
    model::agent_finding what;
  };
  std::vector<item> items;              ///< by tenant, each agent's gravest first
  std::vector<std::string> unasked;     ///< a line for each agent whose settings could not be had
  std::size_t tenants = 0, agents = 0;  ///< that were compared
};

struct agent_defaults {
  model::business_types by_business;
  model::agent_id agent;  ///< ELEVENLABS_AGENT_ID
};

/// Compares every agent that a call of these tenants' may get with what they need of it; each agent is asked for once.
/// An agent of a tenant with a key of its own is a note: that key is not at hand. An error is one line: nothing can be
/// asked at all. Blocks as `at` does.
[[nodiscard]] tl::expected<agent_report, std::string> check_agents(const std::vector<model::tenant>& tenants,
                                                                   const agent_defaults& defaults,
                                                                   const agents_door& at);

/// A line for each finding, with its fix, and a sum.
[[nodiscard]] std::string as_lines(const agent_report& report);
/// {"findings":[{"severity","tenant","agent","what","why","fix"}],"unasked":["…"],"tenants":2,"agents":3}
[[nodiscard]] std::string as_json(const agent_report& report);

/// How tonrisctl ends: 0, at most notes; 1, a warning; 3, an error: calls fail; 2, some agent could not be asked for.
[[nodiscard]] int status_of(const agent_report& report) noexcept;

}  // namespace tonris::ctl
