#pragma once

#include <caf/actor_system.hpp>

#include "actors/call/call_store.hpp"
#include "actors/call/messages.hpp"

namespace tonris::actors {

inline constexpr std::chrono::seconds store_limit{10};  ///< for the store's answer, at start and at the end

/// Tells the supervisor which calls of this node's former life were open: before it returns, so that no question of
/// Twilio's comes earlier; where the store does not answer, once it does, asked each second. Blocks.
void restore_calls_of_former_life(caf::actor_system& system, const call_store& store,
                                  const call_supervisor& supervisor);

}  // namespace tonris::actors
