#pragma once

#include <cstdint>

namespace tonris::model {

/// Where a proportion lies, seen from a sample of it.
struct rate_interval {
  double low = 0, high = 1;
  bool operator==(const rate_interval&) const = default;
};

/// Wilson's interval of 95 %: sound for few trials and for proportions near 0 and 1. Without a trial it is everything.
/// More successes than trials count as all of them.
[[nodiscard]] rate_interval rate_interval_of(std::uint64_t successes, std::uint64_t trials) noexcept;

}  // namespace tonris::model
