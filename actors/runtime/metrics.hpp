#pragma once

#include "actors/telemetry/metric.hpp"
#include "actors/telemetry/metrics.hpp"
#include "actors/telemetry/named_once.hpp"

namespace tonris::actors {

/// What every actor counts, whatever its room.
struct actor_metrics {
  explicit actor_metrics(metrics& in);

  counters_named crashed;
  counters_named node_part_restarted;
  counters_named unhandled_message;  ///< the actor has no handler for it: a fault of ours
  named_once unhandled_types;
};

}  // namespace tonris::actors
