#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>

#include "model/call/end_reason.hpp"

namespace tonris::actors {

/// How many calls are in the same trouble, in one line a minute and reason: what a line a call buries. Counting: any
/// thread; `tick`: one at a time.
class trouble_sum {
 public:
  using clock = std::chrono::steady_clock;
  static constexpr std::chrono::seconds period{60};

  /// `counted_in` is the call's own, 0 at first: however often it fails, it is one call a minute.
  void count(model::end_reason why, std::uint64_t& counted_in);
  void count(model::end_reason why);  ///< a call that is not counted again

  /// About once a second; says the sums when a minute is over. A single call has had its own line.
  void tick(clock::time_point now);

 private:
  std::array<std::atomic<std::uint64_t>, model::end_reason_count> calls_{};
  std::atomic<std::uint64_t> minute_{1};
  std::optional<clock::time_point> next_;
};

}  // namespace tonris::actors
