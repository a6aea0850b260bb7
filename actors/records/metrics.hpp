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

  enum class again : std::uint8_t {
    sent,
    known,      ///< another node has sent it
    gone,       ///< deleted meanwhile
    too_large,  ///< for an entry at Redis
    failed,     ///< a part of them: it comes once more
  };

  explicit record_metrics(metrics& in);

  counters_by<net::redis_outcome> sent;
  counters_by<what> taken;
  counters_by<again> resent;               ///< records to a node that has missed them
  counter missed;                          ///< times that this node read so late that some of it was gone
  gauge redis_memory, redis_memory_limit;  ///< bytes, when something was sent last; the limit 0: Redis has none
  gauge unread;                            ///< seconds since the oldest that this node has not read was sent
};

}  // namespace tonris::actors
