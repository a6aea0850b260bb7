#pragma once

#include <caf/actor_system.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include "actors/access/messages.hpp"
#include "actors/call/call_store.hpp"
#include "actors/runtime/message.hpp"
#include "actors/store/notice_queue.hpp"
#include "actors/telemetry/metrics.hpp"
#include "actors/tenant/store_messages.hpp"

namespace tonris::actors {

/// Ends the experiments of tenants that want it: now and then it compares their variants by the calls in this node's
/// store, and where one loses (model/usage_report/experiment.hpp) sets its weight to 0. That is a change of the tenant
/// like any other: written only if nobody has changed the tenant since it was read, so that of several gateways one
/// does it, audited, told to the tenant's webhooks. The calls that count begin anew with it, and with whatever a person
/// makes of the weights then: what was put back by hand is judged by new calls alone.
///
/// One tenant at a time, one question of a store at a time, with a pause between any two. Ordinary actor; it keeps
/// nothing that a new life would need.
struct experiment_keeper_settings {
  static constexpr std::chrono::milliseconds pause{100};  ///< between two questions
  static constexpr std::size_t tenants_a_page = 200;
  static constexpr std::size_t calls_a_part = 10'000;  ///< some 20 ms of the store's
  static constexpr std::size_t most_calls = 200'000;   ///< of one experiment; the first ones, which is as sound

  std::chrono::seconds between_rounds{600};  ///< through all tenants

  tenant_store tenants;
  call_store calls;
  access_registry access;
  std::shared_ptr<notice_queue> notices;
  std::function<std::chrono::system_clock::time_point()> wall_clock;
  std::function<std::uint32_t()> random;
  metrics* counters = nullptr;
};
struct look_at_experiments {  ///< now, not when the next round is due
  using travels = in_process;
};
using experiment_keeper = caf::typed_actor<caf::reacts_to<look_at_experiments>>;
[[nodiscard]] experiment_keeper keep_experiments(caf::actor_system& system, experiment_keeper_settings settings);

}  // namespace tonris::actors
