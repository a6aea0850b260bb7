#pragma once

#include <cstdint>

#include "actors/telemetry/metric.hpp"
#include "actors/telemetry/metrics.hpp"
#include "model/tenant/tenant.hpp"
#include "model/webhook/schedule.hpp"

namespace tonris::actors {

/// What is counted of what tenants are told.
struct notice_metrics {
  enum class drop : std::uint8_t {
    queue_full,  ///< before it was written
    no_room,     ///< the oldest of a tenant's, for a newer one
  };

  explicit notice_metrics(metrics& in);

  counters_by<model::tenant::event> queued;
  counters_by<model::webhook_outcome> attempts;
  counters_by<drop> dropped;
  counter given_up;
  gauge waiting, dead;
};

}  // namespace tonris::actors
