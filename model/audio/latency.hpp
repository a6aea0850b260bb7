#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>

namespace tonris::model {

/// How long frames stay in the gateway: a histogram with four steps an octave from 1 us to about 4 s. One thread
/// writes, any thread reads; both without a lock. Relaxed order is enough: each bucket stands for itself.
class latency_histogram {
 public:
  void add(std::chrono::nanoseconds took) noexcept {
    auto& bucket = buckets_[index(took)];
    bucket.store(bucket.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  }
  /// The upper edge of the bucket that holds this share (0..1) of the samples, in milliseconds; 0 when there is none.
  [[nodiscard]] double quantile_ms(double share) const noexcept;
  [[nodiscard]] std::uint64_t count() const noexcept;

 private:
  static constexpr std::size_t steps = 4, size = 22 * steps;
  static std::size_t index(std::chrono::nanoseconds took) noexcept;
  std::array<std::atomic<std::uint32_t>, size> buckets_{};
};

}  // namespace tonris::model
