#include "model/call/supervision.hpp"

#include <algorithm>

namespace tonris::model::supervision {

restart_budget::verdict restart_budget::take(time_point now) {
  std::erase_if(taken_, [&](time_point taken) { return now - taken >= limits_.within; });
  if (taken_.size() >= limits_.restarts) return {};
  taken_.push_back(now);
  return {true, static_cast<unsigned>(taken_.size() - 1)};
}

std::chrono::milliseconds backoff(unsigned attempt, std::uint32_t random) noexcept {
  const auto ceiling = std::min(most_backoff, least_backoff * (1U << std::min(attempt, 10U)));
  const auto choices = static_cast<std::uint64_t>(ceiling.count()) + 1;
  return std::chrono::milliseconds{static_cast<std::int64_t>((std::uint64_t{random} * choices) >> 32)};
}

}  // namespace tonris::model::supervision
