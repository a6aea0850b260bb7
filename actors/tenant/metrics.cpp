#include "actors/tenant/metrics.hpp"

namespace tonris::actors {

tenant_store_metrics::tenant_store_metrics(metrics& in)
    : looked_up(in, "tonris_tenant_lookups_total", "Look-ups of tenants that were not at hand, by outcome", "outcome",
                {"in_store", "stale", "mirrored", "failed", "refused"}),
      written(in, "tonris_tenant_writes_total", "Changes to tenants, by outcome", "outcome",
              {"done", "declined", "failed"}),
      copied(in, "tonris_tenant_copies_total", "Tenants fetched from a shared store, by what became of the node's copy",
             "outcome", {"kept", "dropped", "failed"}),
      unreadable(in, "tonris_tenants_unreadable_total", "Tenants in the store that this version cannot read") {}

}  // namespace tonris::actors
