#include "tools/bench/histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace tonris::bench {

// Values below 2^sub_bits have a bucket each; above, the top sub_bits + 1 bits of the value name its bucket.
std::size_t histogram::bucket_of(std::uint64_t value) noexcept {
  const unsigned width = std::bit_width(value);
  if (width <= sub_bits) return value;
  const unsigned shift = width - sub_bits - 1;
  return (std::size_t{shift} << sub_bits) + (value >> shift);
}

std::uint64_t histogram::upper_bound_of(std::size_t bucket) noexcept {
  constexpr std::size_t one_power = std::size_t{1} << sub_bits;
  if (bucket < 2 * one_power) return bucket;
  const std::size_t shift = (bucket >> sub_bits) - 1;
  const std::uint64_t top = bucket - (shift << sub_bits);
  return ((top + 1) << shift) - 1;
}

void histogram::record(nanos value) noexcept {
  constexpr std::uint64_t greatest = (std::uint64_t{1} << max_bits) - 1;
  const auto clamped = std::min(static_cast<std::uint64_t>(std::max<nanos>(value, 0)), greatest);
  ++counts_[bucket_of(clamped)];
  ++count_;
  sum_ += static_cast<double>(clamped);
  max_ = std::max(max_, static_cast<nanos>(clamped));
}

void histogram::merge(const histogram& other) noexcept {
  for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
  count_ += other.count_;
  sum_ += other.sum_;
  max_ = std::max(max_, other.max_);
}

double histogram::mean() const noexcept {
  return count_ == 0 ? 0 : sum_ / static_cast<double>(count_);
}

nanos histogram::percentile(double percent) const noexcept {
  if (count_ == 0) return 0;
  const double share = std::clamp(percent, 0.0, 100.0) / 100;
  const auto wanted =
      std::max<std::uint64_t>(1, static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count_) - 1e-9)));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    seen += counts_[i];
    if (seen >= wanted) return std::min(static_cast<nanos>(upper_bound_of(i)), max_);
  }
  return max_;
}

}  // namespace tonris::bench
