#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "tools/bench/clock.hpp"

namespace tonris::bench {

/// Where in the period the flows are due: evenly over it, or all at its start.
enum class phasing : std::uint8_t { spread, burst };

/// A fixed schedule: every flow is due once a period, forever, at its own phase. The schedule never waits for what it
/// drives: what is late stays due at its time, so that no stall of the driven can hide (coordinated omission).
class cadence {
 public:
  struct slot {
    std::size_t flow = 0;
    nanos due = 0;
    friend bool operator==(const slot&, const slot&) = default;
  };

  /// `flows` of at least one; `start` is when the first round begins.
  cadence(std::size_t flows, nanos period, phasing how, nanos start);

  /// The next slot if it is due at `time`, else nothing. Slots come in the order of their due times.
  [[nodiscard]] std::optional<slot> take(nanos time) noexcept;
  [[nodiscard]] nanos next_due() const noexcept { return round_start_ + phase_of(at_); }

 private:
  [[nodiscard]] nanos phase_of(std::size_t flow) const noexcept;

  std::size_t flows_;
  nanos period_;
  phasing how_;
  nanos round_start_;
  std::size_t at_ = 0;
};

}  // namespace tonris::bench
