#pragma once

#include <caf/typed_event_based_actor.hpp>
#include <memory>
#include <string>

#include "actors/telemetry/metrics.hpp"
#include "actors/tenant/messages.hpp"

namespace tonris::actors {

/// The tenant registry kept in memory, filled from TENANTS_FILE: answers by called number. Ordinary actor.
/// replace_tenants swaps the whole list at once; calls under way keep the tenant they began with.
tenant_registry::behavior_type tenant_directory(tenant_registry::pointer self, std::vector<model::tenant> tenants,
                                                metrics* counters);

}  // namespace tonris::actors
