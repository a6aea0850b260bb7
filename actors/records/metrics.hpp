#pragma once

#include <cstdint>

#include "actors/telemetry/metric.hpp"
#include "actors/telemetry/metrics.hpp"
#include "net/redis_link.hpp"

namespace tonris::actors {

/// What is counted of records that nodes share, on their way.
struct record_metrics {
  enum class what : std::uint8_t {
    record,
    learned,
    gone,
    known,       ///< it changed nothing here
    unreadable,  ///< by this version, or not as it was sealed
  };

  explicit record_metrics(metrics& in);

  counters_by<net::redis_outcome> sent;
  counters_by<what> taken;
  counter missed;  ///< times that this node read so late that some of it was gone
};

}  // namespace tonris::actors
