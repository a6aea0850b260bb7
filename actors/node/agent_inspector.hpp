#pragma once

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <chrono>
#include <cstddef>
#include <memory>

#include "actors/telemetry/metrics.hpp"
#include "actors/tenant/business_agents.hpp"
#include "actors/tenant/store_messages.hpp"
#include "actors/vendor/messages.hpp"
#include "model/access/field_seal.hpp"
#include "model/text/ids.hpp"

namespace tonris::actors {

/// What `tonrisctl agent check` finds, said in the log once, after the start: of every tenant's agents each warning and
/// each error, with its fix. In nobody's way: it begins late, asks the vendor for one agent at a time, each once, and
/// slowly; it says `most_lines` at most, then how many there are. Ends by itself. Ordinary actor.
struct agent_inspection {
  static constexpr std::chrono::seconds begins_after{10}, retry_wait{30};
  static constexpr std::chrono::milliseconds between_agents{250};
  static constexpr std::size_t most_lines = 50;
  static constexpr unsigned most_retries = 10;  ///< of a store that cannot be asked

  tenant_store store;
  vendor_api vendor;
  std::shared_ptr<const model::field_seal> seal;
  std::shared_ptr<const business_agents> by_business;
  model::agent_id default_agent;
  metrics* counters = nullptr;
};

[[nodiscard]] caf::actor inspect_agents(caf::actor_system& system, agent_inspection settings);

}  // namespace tonris::actors
