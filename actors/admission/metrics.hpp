#pragma once

#include <cstdint>

#include "actors/telemetry/metric.hpp"
#include "actors/telemetry/metrics.hpp"
#include "model/admission/verdict.hpp"
#include "net/redis_link.hpp"

namespace tonris::actors {

/// What is counted of who asks to come in.
struct admission_metrics {
  enum class way : std::uint8_t {
    counted,   ///< let in
    again,     ///< it was in
    overflow,  ///< let in to another agent, beyond the tenant's limit
    policy,    ///< nobody could say, and the tenant's rule let it in
  };

  enum class loss : std::uint8_t {
    fenced,  ///< another node has the call
    ended,   ///< the shared counts say that it is over
  };

  explicit admission_metrics(metrics& in);

  counters_by<way> let_in;
  counters_by<model::admission_verdict> refused;  ///< a limit's; also those that wait, each time they ask
  counter told_to_wait;
  counter gave_up;                                 ///< hung up while it waited
  counter crowded_out;                             ///< ended calls and callers that were forgotten early: too many
  counter usage_dropped;                           ///< calls left out of a snapshot: too many waited for the disk
  counter usage_unwritten;                         ///< snapshots of months that could not be written at once
  counters_by<net::redis_outcome> shared_answers;  ///< where nodes share their counts
  counters_by<loss> lost;                          ///< leases of live calls
  counter never_released;                          ///< their places lapse: too many waited for Redis
  gauge vendor_calls;                              ///< that this node's calls hold with the gateway's key
  gauge vendor_limit;                              ///< on these, of all nodes; 0: none
};

}  // namespace tonris::actors
