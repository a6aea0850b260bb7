#include "model/latency/turns.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace tonris::model {

std::size_t turn_buckets::index(std::uint32_t ms) noexcept {
  if (ms < steps) return ms;
  const auto octave =
      static_cast<std::uint32_t>(std::bit_width(ms)) - static_cast<std::uint32_t>(std::bit_width(steps));
  const auto step = (ms >> octave) - steps;
  return std::min<std::size_t>(steps * (octave + 1) + step, size - 1);
}

std::uint32_t turn_buckets::middle(std::size_t index) noexcept {
  if (index < steps) return static_cast<std::uint32_t>(index);
  const auto octave = static_cast<std::uint32_t>(index) / steps - 1;
  const auto step = static_cast<std::uint32_t>(index) % steps;
  const auto lower = (steps + step) << octave, width = 1U << octave;
  return lower + width / 2;
}

void turn_buckets::add(std::chrono::milliseconds latency) noexcept {
  constexpr std::chrono::milliseconds longest = std::chrono::hours{1};
  const auto ms = static_cast<std::uint32_t>(std::clamp(latency, std::chrono::milliseconds{0}, longest).count());
  ++buckets_[index(ms)];
  ++count_;
  worst_ = std::max(worst_, ms);
}

/// The smallest latency that so many of a hundred turns do not exceed.
std::uint32_t turn_buckets::percentile(unsigned percent) const noexcept {
  constexpr std::uint64_t hundred = 100;
  const auto wanted = std::max<std::uint64_t>((std::uint64_t{count_} * percent + hundred - 1) / hundred, 1);
  if (wanted == count_) return worst_;  // of one turn each percentile, of fewer than twenty the 95th: that is exact
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i + 1 < size; ++i) {
    seen += buckets_[i];
    if (seen >= wanted) return std::min(middle(i), worst_);
  }
  return worst_;  // nothing else is known of the last bucket
}

turn_latency turn_buckets::summary() const noexcept {
  if (count_ == 0) return {};
  return {count_, percentile(50), percentile(95), worst_};
}

void turns::caller_began(time at) noexcept {
  talks_since_ = at;
  waits_since_.reset();
}

std::optional<std::chrono::milliseconds> turns::caller_ended(time at) noexcept {
  const auto talked_since = std::exchange(talks_since_, std::nullopt);
  const auto agent = std::exchange(unasked_, std::nullopt);
  if (agent && *agent >= at) return complete(at, *agent);
  const bool is_interrupted = agent && talked_since && *agent >= *talked_since;
  if (is_interrupted)
    waits_since_.reset();
  else
    waits_since_ = at;
  return std::nullopt;
}

std::optional<std::chrono::milliseconds> turns::agent_began(time at) noexcept {
  const auto asked = std::exchange(waits_since_, std::nullopt);
  if (asked && at >= *asked) return complete(*asked, at);
  if (asked) return std::nullopt;  // told late: it began before he ended
  const bool has_one = talks_since_ && unasked_ && *unasked_ >= *talks_since_;
  if (!has_one) unasked_ = at;
  return std::nullopt;
}

std::chrono::milliseconds turns::complete(time ended, time answered) noexcept {
  const auto latency = answered - ended;
  latencies_.add(latency);
  waits_since_.reset();
  return latency;
}

}  // namespace tonris::model
