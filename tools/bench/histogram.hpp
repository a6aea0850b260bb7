#pragma once

#include <array>
#include <cstdint>

#include "tools/bench/clock.hpp"

namespace tonris::bench {

/// Durations in logarithmic buckets: 128 to each power of two, so a percentile is at most 0.8 % too high, at 36 KiB
/// whatever the number of values. Values below zero count as zero, values beyond about 73 minutes as that.
class histogram {
 public:
  void record(nanos value) noexcept;
  void merge(const histogram& other) noexcept;

  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
  [[nodiscard]] nanos max() const noexcept { return max_; }
  [[nodiscard]] double mean() const noexcept;
  /// The least bucket bound that `percent` (0 … 100) of the values do not exceed, never above the maximum; 0 when
  /// empty.
  [[nodiscard]] nanos percentile(double percent) const noexcept;

 private:
  static constexpr unsigned sub_bits = 7;  ///< 2^7 buckets to a power of two
  static constexpr unsigned max_bits = 42;
  static constexpr std::size_t buckets = (max_bits - sub_bits + 1) << sub_bits;

  static std::size_t bucket_of(std::uint64_t value) noexcept;
  static std::uint64_t upper_bound_of(std::size_t bucket) noexcept;

  std::array<std::uint64_t, buckets> counts_{};
  std::uint64_t count_ = 0;
  double sum_ = 0;
  nanos max_ = 0;
};

}  // namespace tonris::bench
