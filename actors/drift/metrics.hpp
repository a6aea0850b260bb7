#pragma once

#include <cstdint>

#include "actors/telemetry/metric.hpp"
#include "actors/telemetry/metrics.hpp"

namespace tonris::actors {

/// What came of holding days against their bills.
struct drift_metrics {
  enum class outcome : std::uint8_t {
    kept,
    failed,  ///< the calls could not be read, or the day not be written: it is tried again
  };
  explicit drift_metrics(metrics& in);

  counters_by<outcome> days;
  gauge at_twilio, at_elevenlabs;  ///< tenants whose bill of the last day that was kept is flagged
};

}  // namespace tonris::actors
