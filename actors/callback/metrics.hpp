#pragma once

#include <cstdint>

#include "actors/telemetry/metric.hpp"
#include "actors/telemetry/metrics.hpp"

namespace tonris::actors {

/// What is counted of what ElevenLabs tells after a call.
struct callback_metrics {
  enum class event : std::uint8_t {
    transcription,
    audio,
    initiation_failure,
    other,  ///< of a type that this version does not know: kept
  };
  enum class outcome : std::uint8_t {
    kept,
    known,  ///< told again
    full,
    failed,
    forgotten,  ///< of a call that was deleted: not kept
  };

  explicit callback_metrics(metrics& in);

  counters_by<event> came;
  counters_by<outcome> settled;
  gauge waiting, nobodys;
  gauge all_refused;  ///< 1: for ten minutes every event was refused
};

}  // namespace tonris::actors
