#pragma once

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <memory>
#include <string>

#include "actors/telemetry/metrics.hpp"
#include "actors/tenant/messages.hpp"

namespace tonris::actors {

struct tenant_directory_state {
  static inline const char* name = "tonris.tenant_directory";
};

/// The tenant registry kept in memory, filled from TENANTS_FILE: answers by called number and by id. Ordinary actor.
/// replace_tenants swaps the whole list at once; calls under way keep the tenant they began with.
tenant_registry::behavior_type tenant_directory(tenant_registry::stateful_pointer<tenant_directory_state> self,
                                                std::vector<model::tenant> tenants, metrics* counters);

}  // namespace tonris::actors
