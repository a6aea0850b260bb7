#pragma once

#include <cstddef>

#include "actors/telemetry/metric.hpp"
#include "actors/telemetry/metrics.hpp"
#include "actors/telemetry/seconds_counter.hpp"

namespace tonris::actors {

/// What every program shows of itself, by the names that Prometheus' own libraries give it.
struct process_metrics {
  explicit process_metrics(metrics& in);

  /// Of now, when the figures for /metrics are gathered. By one thread at a time.
  void gather(std::size_t open_descriptors, std::size_t resident_bytes) const;

 private:
  seconds_counter cpu_;
  gauge resident_, open_fds_, max_fds_, started_;
};

}  // namespace tonris::actors
