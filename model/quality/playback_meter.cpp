#include "model/quality/playback_meter.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace tonris::model {

namespace {

std::uint32_t narrow(std::chrono::milliseconds time) noexcept {
  constexpr std::int64_t most = std::numeric_limits<std::uint32_t>::max();
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(time.count(), 0, most));
}

}  // namespace

void playback_meter::chunk(milliseconds audio) noexcept {
  ++seen_.chunks;
  seen_.audio_ms += narrow(audio);
}

void playback_meter::sent(milliseconds audio, time now) noexcept {
  const auto hole = std::chrono::duration_cast<milliseconds>(now - until_);
  if (std::exchange(in_turn_, true) && hole >= least_pause && hole <= longest_pause) {
    ++seen_.pauses;
    seen_.longest_pause_ms = std::max(seen_.longest_pause_ms, narrow(hole));
  }
  until_ = std::max(until_, now) + audio;
}

void playback_meter::mark_sent(std::uint64_t position_ms) noexcept {
  if (under_way_ == marks_.size()) return;
  marks_[(oldest_ + under_way_++) % marks_.size()] = {position_ms, until_};
}

std::optional<playback_meter::milliseconds> playback_meter::mark_back(std::uint64_t position_ms, time now) noexcept {
  std::optional<milliseconds> lag;
  for (; under_way_ > 0 && marks_[oldest_].position_ms <= position_ms; --under_way_) {
    lag = std::max(milliseconds::zero(), std::chrono::duration_cast<milliseconds>(now - marks_[oldest_].due));
    oldest_ = (oldest_ + 1) % marks_.size();
  }
  if (!lag) return lag;
  lag_sum_ms_ += narrow(*lag);
  ++seen_.marks;
  seen_.mean_lag_ms = static_cast<std::uint32_t>(lag_sum_ms_ / seen_.marks);
  seen_.worst_lag_ms = std::max(seen_.worst_lag_ms, narrow(*lag));
  return lag;
}

void playback_meter::cleared(time now) noexcept {
  until_ = std::min(until_, now);
  under_way_ = 0;
  turn_over();
}

void playback_meter::new_stream() noexcept {
  until_ = {};
  under_way_ = 0;
  turn_over();
}

}  // namespace tonris::model
