#include "tools/bench/cadence.hpp"

#include <algorithm>

namespace tonris::bench {

cadence::cadence(std::size_t flows, nanos period, phasing how, nanos start)
    : flows_(std::max<std::size_t>(flows, 1)), period_(period), how_(how), round_start_(start) {}

nanos cadence::phase_of(std::size_t flow) const noexcept {
  if (how_ == phasing::burst) return 0;
  return static_cast<nanos>(flow) * period_ / static_cast<nanos>(flows_);
}

std::optional<cadence::slot> cadence::take(nanos time) noexcept {
  const nanos due = next_due();
  if (due > time) return std::nullopt;
  const slot taken{at_, due};
  if (++at_ == flows_) {
    at_ = 0;
    round_start_ += period_;
  }
  return taken;
}

}  // namespace tonris::bench
