#pragma once

#include <cstdint>

#include "actors/telemetry/metric.hpp"

namespace tonris::actors {

/// What the call store shows of records that nodes share; of their way to and fro, actors/records does.
struct shared_record_metrics {
  enum class why : std::uint8_t {
    too_many,   ///< too many others waited
    too_large,  ///< for an entry at Redis
  };

  explicit shared_record_metrics(metrics& in);

  gauge waiting;              ///< calls whose record or deletion the others have not been sent
  gauge behind;               ///< seconds that the oldest of them has waited
  gauge aged;                 ///< calls of which Redis may have what is past its days
  gauge held;                 ///< calls of which something was told before their record was here
  counters_by<why> unshared;  ///< records that no other node gets
};

}  // namespace tonris::actors
