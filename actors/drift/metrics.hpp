#pragma once

#include <cstdint>

#include "actors/telemetry/metric.hpp"
#include "actors/telemetry/metrics.hpp"

namespace tonris::actors {

/// What came of holding days against their bills, and looks at which the clock was in doubt.
struct drift_metrics {
  enum class outcome : std::uint8_t {
    kept,
    anew,           ///< once more, since something came later
    failed,         ///< the calls could not be read, or the day not be written: it is tried again
    clock_doubted,  ///< days are kept that are not over, or more have gone by than are made up for
    elsewhere,      ///< another gateway reads the vendors' lists of that day: it waits for what comes of it
    taken,          ///< what another gateway has read of the lists stands now in place of what this one had
  };
  explicit drift_metrics(metrics& in);

  counters_by<outcome> days;
  gauge at_twilio, at_elevenlabs;  ///< tenants whose bill of the last day that was kept is flagged
};

}  // namespace tonris::actors
