#pragma once

#include "actors/telemetry/metrics.hpp"

namespace tonris::actors {

/// What every actor counts, whatever its room.
struct actor_metrics {
  explicit actor_metrics(metrics& in);

  counters_named crashed;
  counters_named node_part_restarted;
};

}  // namespace tonris::actors
