#pragma once

#include "actors/telemetry/metric.hpp"

namespace tonris::actors {

/// How much waits.
struct call_depths {
  explicit call_depths(metrics& in);

  gauge store_waiting;      ///< entries for the disk that it has not taken, when it was tried last
  gauge store_behind;       ///< seconds that the oldest entry has waited for the disk since it could not be written
  gauge store_time_behind;  ///< seconds that the time by which records grow old is behind the wall clock
  gauge callers_in_line;    ///< for a place
};

}  // namespace tonris::actors
