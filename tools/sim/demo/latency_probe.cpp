#include "tools/sim/demo/latency_probe.hpp"

#include <algorithm>
#include <cmath>

#include "tools/sim/wire/frames.hpp"

namespace tonris::sim {
namespace {

std::size_t key_of(std::span<const std::uint8_t> frame) {
  std::size_t key = 14695981039346656037ULL;  // FNV-1a
  for (const auto byte : frame) key = (key ^ byte) * 1099511628211ULL;
  return key;
}

bool tells_nothing(std::span<const std::uint8_t> frame) {
  return std::ranges::adjacent_find(frame, std::ranges::not_equal_to{}) == frame.end();
}

}  // namespace

void latency_probe::sent(std::span<const std::uint8_t> frame, time_point now) {
  if (tells_nothing(frame) || waiting_.size() >= max_samples) return;
  const auto [at, fresh] = waiting_.try_emplace(key_of(frame), frame_seen{now});
  if (!fresh) at->second.ambiguous = true;
}

void latency_probe::arrived(std::span<const std::uint8_t> bytes, time_point now) {
  for (; bytes.size() >= frame_bytes; bytes = bytes.subspan(frame_bytes)) {
    const auto found = waiting_.find(key_of(bytes.first(frame_bytes)));
    if (found == waiting_.end()) continue;
    if (!found->second.ambiguous && took_ms_.size() < max_samples)
      took_ms_.push_back(std::chrono::duration<double, std::milli>(now - found->second.at).count());
    waiting_.erase(found);
  }
}

std::optional<double> latency_probe::percentile_ms(double share) const {
  if (took_ms_.empty()) return std::nullopt;
  auto sorted = took_ms_;
  std::ranges::sort(sorted);
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size())));
  return sorted[std::clamp<std::size_t>(rank, 1, sorted.size()) - 1];
}

}  // namespace tonris::sim
