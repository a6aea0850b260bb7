#pragma once

#include "actors/telemetry/histogram.hpp"

namespace tonris::actors {

/// How long calls take, each once.
struct call_timings {
  explicit call_timings(metrics& in);

  histogram set_up;  ///< from the webhook to the start of the first stream
  histogram length;  ///< from there to the end, without the time that the caller was away
};

}  // namespace tonris::actors
