#pragma once

#include <caf/actor_system.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>

#include "actors/call/call_store.hpp"
#include "actors/call/messages.hpp"
#include "actors/call/outbound_dials.hpp"
#include "actors/runtime/message.hpp"
#include "actors/telemetry/metrics.hpp"
#include "actors/tenant/messages.hpp"
#include "actors/vendor/twilio_messages.hpp"

namespace tonris::actors {

struct look_at_dials {  ///< now, not at the next look
  using travels = in_process;
};
using dial_watch = caf::typed_actor<caf::reacts_to<look_at_dials>>;

/// Looks after placed calls of which Twilio has not told what became of them: it may have told a node that was down.
/// One that was being placed when the node's former life ended is looked for, and never placed again; one that should
/// ring no more is asked about, so that it has its record, too. Ordinary actor; a new life begins anew.
struct dial_watch_settings {
  static constexpr std::chrono::seconds look{5};
  static constexpr std::chrono::seconds should_be_told{60};  ///< it rings for half of that
  static constexpr std::chrono::seconds again{60};           ///< one that Twilio still has, after that
  static constexpr std::chrono::hours patience{23};          ///< then it is over, whatever Twilio says
  static constexpr std::size_t at_once = 4;                  ///< Twilio minds more than that of one account

  std::shared_ptr<outbound_dials> dials;
  tenant_registry registry;
  twilio_rest twilio;
  twilio_account main;  ///< the gateway's; tenants may have their own
  call_supervisor supervisor;
  call_store store;  ///< one is over once its record is written
  std::function<model::call_record::time()> wall_clock;
  metrics* counters = nullptr;
};
[[nodiscard]] dial_watch watch_dials(caf::actor_system& system, dial_watch_settings settings);

}  // namespace tonris::actors
