#pragma once

#include <cstdint>

#include "actors/telemetry/metric.hpp"
#include "actors/telemetry/metrics.hpp"

namespace tonris::actors {

/// What became of tenants' experiments, each time that one was looked at.
struct experiment_metrics {
  enum class outcome : std::uint8_t {
    undecided,  ///< not enough is known yet
    stopped,    ///< a variant that lost
    overtaken,  ///< somebody changed the tenant meanwhile: it is looked at again
    failed,     ///< a store did not answer: it is looked at again
  };
  explicit experiment_metrics(metrics& in);

  counters_by<outcome> looks;
};

}  // namespace tonris::actors
