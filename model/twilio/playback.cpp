#include "model/twilio/playback.hpp"

#include <algorithm>
#include <charconv>

namespace tonris::model {

std::string_view playback::next_mark(char* buffer) noexcept {
  char* const end = buffer + 48;
  char* at = buffer;
  *at++ = 'g';
  at = std::to_chars(at, end, generation_).ptr;
  *at++ = ':';
  at = std::to_chars(at, end, sent_ / 8).ptr;
  marked_ = sent_;
  return {buffer, static_cast<std::size_t>(at - buffer)};
}

bool playback::reached(std::string_view name) noexcept {
  const char* const end = name.data() + name.size();
  std::uint32_t generation = 0;
  std::uint64_t position = 0;
  if (name.empty() || name.front() != 'g') return false;
  const auto first = std::from_chars(name.data() + 1, end, generation);
  if (first.ec != std::errc{} || first.ptr == end || *first.ptr != ':') return false;
  const auto second = std::from_chars(first.ptr + 1, end, position);
  if (second.ec != std::errc{} || second.ptr != end || generation != generation_) return false;
  if (position > marked_ / 8) return false;
  // The last mark stands behind everything, also behind the part of a millisecond its name cannot say.
  const std::uint64_t bytes = position == marked_ / 8 ? marked_ : position * 8;
  heard_ = std::max(heard_, bytes);
  return true;
}

std::uint64_t playback::cleared() noexcept {
  const std::uint64_t lost = queued_ms();
  heard_before_ += heard_;
  sent_ = marked_ = heard_ = 0;
  ++generation_;
  return lost;
}

}  // namespace tonris::model
