#pragma once

#include <cstdint>
#include <string>

#include "model/json/fields.hpp"
#include "model/tenant/tenant.hpp"

namespace tonris::model {

/// What a rule of a tenant's does with a call: `action`, and what that one needs and no other may have (`transferTo`
/// with transfer, `agentId` with agent, `seconds` with wait).
struct ruled_action {
  tenant::action what = tenant::action::say;
  std::string transfer_to;
  agent_id agent;
  std::uint32_t seconds = 0;
};
/// `allowed` says which actions there may be.
[[nodiscard]] ruled_action read_action(json_fields& fields, const text_rule& allowed, json_mistakes& mistakes);

}  // namespace tonris::model
