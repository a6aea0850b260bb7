#pragma once

#include "model/tenant/tenant.hpp"
#include "model/text/ids.hpp"

namespace tonris::model {

/// The agent of this call: by weight over tenant.agents, stable for a CallSid (the same call always gets the same one);
/// else tenant.agent; else `fallback`, the gateway's default (may be empty: then the call has no agent).
[[nodiscard]] agent_id choose_agent(const tenant& t, const call_sid& call, const agent_id& fallback);

}  // namespace tonris::model
