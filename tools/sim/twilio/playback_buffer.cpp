#include "tools/sim/twilio/playback_buffer.hpp"

#include <algorithm>
#include <utility>

#include "tools/sim/wire/frames.hpp"

namespace tonris::sim {

std::size_t playback_buffer::push(std::span<const std::uint8_t> ulaw) {
  const auto fits = std::min(ulaw.size(), capacity - audio_.size());
  const auto taken = ulaw.first(fits);
  audio_.insert(audio_.end(), taken.begin(), taken.end());
  return ulaw.size() - fits;
}

bool playback_buffer::push_mark(std::string name) {
  if (marks_.size() >= max_marks) return false;
  marks_.push_back({played_ + audio_.size(), std::move(name)});
  return true;
}

std::size_t playback_buffer::clear() {
  const auto dropped = audio_.size();
  played_ += dropped;
  audio_.clear();
  return dropped;
}

std::size_t playback_buffer::play(std::span<std::uint8_t> out) {
  const auto count = std::min(out.size(), audio_.size());
  const auto end = audio_.begin() + static_cast<std::ptrdiff_t>(count);
  std::copy(audio_.begin(), end, out.begin());
  std::fill(out.begin() + static_cast<std::ptrdiff_t>(count), out.end(), silence);
  audio_.erase(audio_.begin(), end);
  played_ += count;
  return count;
}

std::vector<std::string> playback_buffer::take_reached() {
  std::vector<std::string> reached;
  while (!marks_.empty() && marks_.front().position <= played_) {
    reached.push_back(std::move(marks_.front().name));
    marks_.pop_front();
  }
  return reached;
}

}  // namespace tonris::sim
