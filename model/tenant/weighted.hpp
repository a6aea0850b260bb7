#pragma once

#include <string_view>
#include <vector>

#include "model/tenant/tenant.hpp"
#include "model/text/siphash.hpp"

namespace tonris::model {

/// Weighted rendezvous hashing: every agent draws a number from `key` (a caller, say), the highest takes it, and an
/// agent of twice the weight is twice as often the highest. The same key always has the same order. When a weight
/// changes, keys move to or from that agent only.
///
/// All agents with a weight, the highest first; pointers into `agents`. `secret` keeps strangers from choosing keys
/// that all meet one agent.
[[nodiscard]] std::vector<const tenant::agent_choice*> by_draw(const std::vector<tenant::agent_choice>& agents,
                                                               std::string_view key, const siphash_key& secret);

}  // namespace tonris::model
