#pragma once

#include <cstdint>

#include "actors/telemetry/metric.hpp"
#include "actors/telemetry/metrics.hpp"

namespace tonris::actors {

/// What came of recording calls at Twilio, when somebody asked for it …
struct recording_metrics {
  enum class outcome : std::uint8_t {
    done,
    as_it_was,  ///< there was nothing to do
    none,       ///< there was no recording to act on
    refused,    ///< by Twilio
    unknown,    ///< nobody knows: Twilio did not say
    full,       ///< too many asked at once
  };
  /// … and of deleting what is kept of callers' voices, there and here.
  enum class removal : std::uint8_t {
    deleted,
    not_there,  ///< any more
    not_yet,    ///< asked again
    failed,     ///< tried again
  };
  explicit recording_metrics(metrics& in);

  counters_by<outcome> asked;
  counters_by<removal> removed;
};

}  // namespace tonris::actors
