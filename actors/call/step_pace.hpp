#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace tonris::actors {

/// How much of a long work is done at once beside calls, and how long the next step waits. A step is to cost so much of
/// the processor and not more, which is told by what the one before has cost; and all of them together one in so many
/// parts of the time.
class step_pace {
 public:
  using nanoseconds = std::chrono::nanoseconds;
  using milliseconds = std::chrono::milliseconds;

  static constexpr nanoseconds a_step{2'000'000};                 ///< is to cost so much
  static constexpr milliseconds shortest{100}, longest{300'000};  ///< pauses

  struct config {
    std::int64_t first, least, most;  ///< of what is done at once
  };
  constexpr explicit step_pace(const config& of) noexcept : config_(of), amount_(of.first) {}

  [[nodiscard]] constexpr std::int64_t amount() const noexcept { return amount_; }

  /// What the last step has cost. `was_whole`: it found as much to do as that; of one that did not nothing is learned,
  /// but that it was too much.
  constexpr void cost(nanoseconds time, bool was_whole) noexcept {
    last_ = std::max(time, nanoseconds{1});
    const auto wanted = std::min(amount_ * a_step.count() / last_.count(), amount_ * most_times);
    if (was_whole || wanted < amount_) amount_ = std::clamp(wanted, config_.least, config_.most);
  }

  /// From one step to the next, so that they take one in so many parts.
  [[nodiscard]] constexpr milliseconds pause(std::int64_t parts) const noexcept {
    return std::clamp(std::chrono::ceil<milliseconds>(last_ * parts), shortest, longest);
  }

 private:
  static constexpr std::int64_t most_times = 2;  // it grows by so much at once

  // given
  config config_;
  // state
  std::int64_t amount_;
  nanoseconds last_{0};
};

}  // namespace tonris::actors
