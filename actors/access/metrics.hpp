#pragma once

#include <cstdint>

#include "actors/telemetry/metric.hpp"
#include "actors/telemetry/metrics.hpp"

namespace tonris::actors {

/// What is counted of tenants' keys.
struct access_metrics {
  enum class look_up : std::uint8_t {
    known,  ///< remembered, there or not
    asked,  ///< the store was asked
  };

  explicit access_metrics(metrics& in);

  counters_by<look_up> looked_up;
  counter store_failed;
};

}  // namespace tonris::actors
