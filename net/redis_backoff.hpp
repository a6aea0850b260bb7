#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace tonris::net {

/// How long to wait before the next attempt: anything up to a limit that doubles (full jitter), so that many clients of
/// one server do not come back at once. A value: no clock, no generator.
class redis_backoff {
 public:
  constexpr redis_backoff(std::chrono::milliseconds first, std::chrono::milliseconds longest)
      : first_{first}, longest_{longest}, limit_{first} {}

  /// `random`: any number, all as likely.
  constexpr std::chrono::milliseconds next(std::uint32_t random) {
    const auto limit = std::min(limit_, longest_);
    limit_ = std::min(2 * limit_, longest_);
    return std::chrono::milliseconds{random % static_cast<std::uint64_t>(limit.count() + 1)};
  }
  constexpr void reset() { limit_ = first_; }

 private:
  std::chrono::milliseconds first_, longest_, limit_;
};

}  // namespace tonris::net
