#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "model/latency/turn_latency.hpp"

namespace tonris::model {

/// Latencies of turns in 209 fixed buckets, less than a kilobyte whatever the call's length: to the millisecond below
/// 16 ms, else 16 buckets an octave up to 65.5 s, so that a percentile is wrong by a thirty-second (3.2 %) at most. The
/// worst is exact. Never allocates.
class turn_buckets {
 public:
  /// What is below 0 counts as 0, what is longer than an hour as an hour.
  void add(std::chrono::milliseconds latency) noexcept;
  [[nodiscard]] turn_latency summary() const noexcept;

 private:
  static constexpr std::uint32_t steps = 16, octaves = 12;
  static constexpr std::size_t size = steps * (octaves + 1) + 1;  // the last one has no end
  [[nodiscard]] static std::size_t index(std::uint32_t ms) noexcept;
  [[nodiscard]] static std::uint32_t middle(std::size_t index) noexcept;
  [[nodiscard]] std::uint32_t percentile(unsigned percent) const noexcept;

  std::array<std::uint32_t, size> buckets_{};
  std::uint32_t count_ = 0, worst_ = 0;
};

/// The turns of a call: the caller ends, the agent is heard. Times are since any moment that is the same for all of
/// them; an end may be told late, after an agent's sound that came behind it, for silence is known only when it has
/// lasted.
///
/// No turn: an agent that begins before the caller has ended (it interrupts him), or that was not asked (its greeting,
/// a second sentence). A caller who goes on before he has an answer begins the turn anew: it counts from his last end.
class turns {
 public:
  using time = std::chrono::milliseconds;

  void caller_began(time at) noexcept;
  /// Both answer the latency of the turn that is complete with it.
  std::optional<std::chrono::milliseconds> caller_ended(time at) noexcept;
  /// The first sound after a silence.
  std::optional<std::chrono::milliseconds> agent_began(time at) noexcept;

  [[nodiscard]] turn_latency summary() const noexcept { return latencies_.summary(); }

 private:
  std::chrono::milliseconds complete(time ended, time answered) noexcept;

  std::optional<time> talks_since_;  // the caller
  std::optional<time> waits_since_;  // he, for an answer
  std::optional<time> unasked_;  // the agent's first beginning since `talks_since_` that is no turn's, else the last
  turn_buckets latencies_;
};

}  // namespace tonris::model
