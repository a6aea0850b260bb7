#pragma once

#include "actors/telemetry/metric.hpp"

namespace tonris::actors {

/// What the call store shows of records that nodes share; of their way to and fro, actors/records does.
struct shared_record_metrics {
  explicit shared_record_metrics(metrics& in);

  gauge waiting;     ///< calls whose record or deletion the others have not been sent
  gauge behind;      ///< seconds that the oldest of them has waited
  counter unshared;  ///< records that no other node gets: too many waited
};

}  // namespace tonris::actors
