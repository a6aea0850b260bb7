#pragma once

#include <string_view>

#include "model/doctor/finding.hpp"
#include "model/policy/agent_check.hpp"

namespace tonris::model::doctor {

/// What does not fit between a tenant and its agent, in its own words and as grave as it is.
[[nodiscard]] finding of_agent(const agent_finding& what, std::string_view agent, std::string_view tenant);

}  // namespace tonris::model::doctor
