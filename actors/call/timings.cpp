#include "actors/call/timings.hpp"

namespace tonris::actors {

namespace {

constexpr double set_up_bounds[] = {0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 20};
constexpr double length_bounds[] = {5, 10, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200};

}  // namespace

call_timings::call_timings(metrics& in)
    : set_up(in, "tonris_call_setup_seconds", "From the webhook to the start of the call's first stream",
             set_up_bounds),
      length(in, "tonris_call_duration_seconds", "From there to the call's end, without the time its caller was away",
             length_bounds) {}

}  // namespace tonris::actors
