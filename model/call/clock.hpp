#pragma once

#include <algorithm>
#include <chrono>

namespace tonris::model {

/// One call's time of day: the wall clock as it was when the call began, moved on by the steady clock. So what is in a
/// call's record is in order, and lengths are right, whatever is done to the wall clock meanwhile.
class call_clock {
 public:
  using wall = std::chrono::system_clock::time_point;
  using steady = std::chrono::steady_clock::time_point;
  /// A call that another life of the node has put down is taken up again within so long, or never.
  static constexpr std::chrono::minutes longest_absence{2};

  call_clock() = default;
  call_clock(wall now, steady since) noexcept : wall_{now}, since_{since} {}

  /// For a call whose checkpoint was written at `left`, by a clock that may have been another than this one: time goes
  /// on from there, neither backwards nor by more than a call can have been away.
  [[nodiscard]] static call_clock resumed(wall left, wall now, steady since) noexcept {
    return {std::clamp(now, left, left + longest_absence), since};
  }

  [[nodiscard]] wall at(steady now) const noexcept {
    return wall_ + std::chrono::duration_cast<wall::duration>(now - since_);
  }

 private:
  wall wall_{};
  steady since_{};
};

}  // namespace tonris::model
