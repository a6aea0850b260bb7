#pragma once

#include <cstdint>

#include "actors/telemetry/metric.hpp"
#include "actors/telemetry/metrics.hpp"

namespace tonris::actors {

/// What is counted of calls' traces. Those that the share leaves out are not.
struct trace_metrics {
  enum class loss : std::uint8_t {
    queue_full,  ///< too many ended calls wait to be read; also: so much happened that some ends were not seen
    unread,      ///< the store did not tell the call
    collector,   ///< did not take it, asked twice
  };

  explicit trace_metrics(metrics& in);

  counter sent;
  counters_by<loss> dropped;
  gauge waiting;  ///< ended calls that are not told yet
};

}  // namespace tonris::actors
