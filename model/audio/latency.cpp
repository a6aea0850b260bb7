#include "model/audio/latency.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace tonris::model {

std::size_t latency_histogram::index(std::chrono::nanoseconds took) noexcept {
  const auto quarter_us = static_cast<std::uint64_t>(std::max<std::int64_t>(took.count(), 0)) / 250;
  if (quarter_us < steps) return 0;                                              // below a microsecond
  const auto octave = static_cast<std::size_t>(std::bit_width(quarter_us)) - 3;  // 0 for 1 us
  const auto step = static_cast<std::size_t>(quarter_us >> octave) - steps;      // 0..3 within it
  return std::min(octave * steps + step + 1, size - 1);
}

double latency_histogram::quantile_ms(double share) const noexcept {
  const std::uint64_t total = count();
  if (total == 0) return 0;
  const auto wanted = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(total)));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < size; ++i) {
    seen += buckets_[i].load(std::memory_order_relaxed);
    if (seen < std::max<std::uint64_t>(wanted, 1)) continue;
    if (i == 0) return 0.001;
    const std::size_t octave = (i - 1) / steps, step = (i - 1) % steps;
    return std::ldexp(static_cast<double>(steps + step + 1) / steps, static_cast<int>(octave)) / 1000.0;
  }
  return std::ldexp(1.0, static_cast<int>(size / steps)) / 1000.0;
}

std::uint64_t latency_histogram::count() const noexcept {
  std::uint64_t total = 0;
  for (const auto& bucket : buckets_) total += bucket.load(std::memory_order_relaxed);
  return total;
}

}  // namespace tonris::model
