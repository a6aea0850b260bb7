#pragma once

#include <caf/actor_system.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>
#include <chrono>

#include "actors/call/call_store.hpp"
#include "actors/telemetry/metrics.hpp"

namespace tonris::actors {

/// What may take long to find, read beside the store that writes: on a thread and by a connection of its own, which
/// only reads. So neither what calls write down nor what a live call asks of the store waits for somebody's list. A
/// detached actor of the store's; it opens the file with the first question.
using call_reader = caf::typed_actor<
    caf::replies_to<find_calls>::with<found_calls>, caf::replies_to<find_calls_with>::with<found_calls_with>,
    caf::replies_to<find_conversations_of>::with<found_conversations>, caf::replies_to<read_usage>::with<usage_read>>;
inline constexpr std::chrono::seconds read_limit{60};  ///< of one question
[[nodiscard]] call_reader read_calls(caf::actor_system& system, store_settings::reader open, metrics& counters);

}  // namespace tonris::actors
