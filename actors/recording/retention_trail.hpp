#pragma once

#include <caf/actor_system.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>
#include <chrono>

#include "actors/access/messages.hpp"
#include "actors/call/call_store.hpp"
#include "actors/runtime/message.hpp"
#include "actors/telemetry/metrics.hpp"

namespace tonris::actors {

/// Writes into the audit trail what this node's call store has deleted of its own calls because of its age: how many
/// records, and of how many others what was said, an entry a tenant and day; of more than the store tells one by one
/// (call_database::most_told_aged) an entry for all others together. What cannot be written is tried again, and is not
/// lost with the process; nor is it in the trail twice where that was written and nobody knows. Ordinary actor.
struct retention_trail_settings {
  static constexpr std::chrono::seconds asked_for{60};    ///< then it asks the store anew
  static constexpr std::chrono::seconds retry_pause{60};  ///< after a failure

  call_store calls;
  access_registry access;
  metrics* counters = nullptr;
};
struct ask_what_aged {  ///< it does so by itself
  using travels = in_process;
};
using retention_trail = caf::typed_actor<caf::reacts_to<ask_what_aged>>;
[[nodiscard]] retention_trail keep_retention_trail(caf::actor_system& system, retention_trail_settings settings);

}  // namespace tonris::actors
