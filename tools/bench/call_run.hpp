#pragma once

#include <cstdint>
#include <vector>

#include "tools/bench/cadence.hpp"
#include "tools/bench/figures.hpp"
#include "tools/bench/target.hpp"

namespace tonris::bench {

struct call_plan {
  std::uint32_t calls = 200;
  double seconds = 10;  ///< the measured window
  double settle = 1;    ///< seconds between the last call's start and the window
  double ramp = 100;    ///< calls started a second
  phasing phases = phasing::spread;
  double noise = 0;            ///< webhooks a second of another tenant, who is beyond its limits; the gateway alone
  double lines = 0;            ///< of what the caller said, a second and call, that the agent side tells
  std::uint32_t watchers = 0;  ///< clients that watch all calls, in every other window; the gateway alone
  unsigned pairs = 1;          ///< windows with watchers and without, of the same calls
  bool quiet = false;          ///< no frames but one every five seconds from each caller
};

/// Starts the target, places the calls, measures the window or the pairs of windows, ends the calls and the target.
/// Bounded in time: beyond ramp, settle and windows it takes 60 s at most, and 12 s more a pair. A report a window;
/// frames, set-up and faults are of all the run. An error only when no measurement came about.
[[nodiscard]] outcome<std::vector<run_report>> run_calls(const bench_setup& setup, target_kind kind,
                                                         const call_plan& plan);

}  // namespace tonris::bench
