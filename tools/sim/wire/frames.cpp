#include "tools/sim/wire/frames.hpp"

#include <algorithm>

namespace tonris::sim {

recorded_source::recorded_source(std::vector<std::uint8_t> ulaw, std::chrono::milliseconds silence_before)
    : ulaw_(std::move(ulaw)), before_(static_cast<std::uint64_t>(silence_before.count()) * 8) {}

bool recorded_source::next(std::uint64_t number, std::span<std::uint8_t> frame) {
  const auto begin = number * frame_bytes;
  const auto end = before_ + ulaw_.size();
  for (std::size_t i = 0; i < frame.size(); ++i) {
    const auto at = begin + i;
    frame[i] = at < before_ || at >= end ? silence : ulaw_[at - before_];
  }
  return begin < end;
}

void tape::put(std::uint64_t number, std::span<const std::uint8_t> frame) {
  if (number >= max_bytes / frame_bytes) return;
  const auto at = static_cast<std::size_t>(number) * frame_bytes;
  if (ulaw_.size() < at + frame.size()) ulaw_.resize(at + frame.size(), silence);
  std::ranges::copy(frame, ulaw_.begin() + static_cast<std::ptrdiff_t>(at));
}

}  // namespace tonris::sim
