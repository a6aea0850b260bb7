#pragma once

#include <chrono>

#include "actors/telemetry/metric.hpp"

namespace tonris::actors {

struct journal_depth;

/// How much waits.
struct call_depths {
  explicit call_depths(metrics& in);
  void store_is(const journal_depth& journal, std::chrono::steady_clock::time_point now) const;

  gauge store_time_behind;  ///< seconds that the time by which records grow old is behind the wall clock
  gauge store_round;        ///< seconds that it has been deleting what is due by its age; 0: nothing is left
  gauge callers_in_line;    ///< for a place

 private:
  gauge store_waiting_;  ///< entries for the disk that are not on it yet
  gauge store_behind_;   ///< seconds that the oldest of them has waited
};

}  // namespace tonris::actors
