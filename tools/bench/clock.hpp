#pragma once

#include <ctime>

#include <cstdint>

namespace tonris::bench {

/// Nanoseconds of CLOCK_MONOTONIC; a duration or a point, as the name says.
using nanos = std::int64_t;

inline constexpr nanos one_us = 1'000;
inline constexpr nanos one_ms = 1'000'000;
inline constexpr nanos one_s = 1'000'000'000;

inline nanos on_clock(clockid_t clock) noexcept {
  timespec t{};
  clock_gettime(clock, &t);
  return nanos{t.tv_sec} * one_s + t.tv_nsec;
}
inline nanos now() noexcept {
  return on_clock(CLOCK_MONOTONIC);
}

}  // namespace tonris::bench
