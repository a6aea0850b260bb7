#include "tools/sim/demo/dialogue.hpp"

#include <algorithm>
#include <utility>

namespace tonris::sim {
namespace {

constexpr std::uint64_t short_pause = 10;  // frames: a gap between two bursts of audio is not the end of a sentence

}  // namespace

bool dialogue::next(std::uint64_t number, std::span<std::uint8_t> frame) {
  std::ranges::fill(frame, silence);
  if (!speaking_) begin_line_when_due();
  if (speaking_) {
    const auto& ulaw = lines_[line_].ulaw;
    const auto count = std::min(frame.size(), ulaw.size() - played_);
    std::copy_n(ulaw.begin() + static_cast<std::ptrdiff_t>(played_), count, frame.begin());
    played_ += count;
    if (played_ == ulaw.size()) {
      speaking_ = false;
      tell_speech(false, false);
      agent_answered_ = false;
      ++line_;
    }
  }
  said_.put(number, frame);
  return line_ < lines_.size();
}

void dialogue::begin_line_when_due() {
  if (line_ >= lines_.size() || !agent_answered_) return;
  const auto& next_line = lines_[line_];
  const auto frames = static_cast<std::uint64_t>(next_line.after / frame_period);
  const bool due = next_line.when == caller_line::cue::agent_quiet ? !agent_speaks_ && quiet_frames_ >= frames
                                                                   : agent_speaks_ && spoken_frames_ >= frames;
  if (!due) return;
  speaking_ = true;
  tell_speech(false, true);
  played_ = 0;
}

void dialogue::tell_speech(bool agent, bool begins, std::chrono::milliseconds ago) const {
  if (on_speech) on_speech(agent, begins, ago);
}

void dialogue::heard(std::uint64_t number, std::span<const std::uint8_t> frame, bool audible) {
  ear_.put(number, frame);
  quiet_frames_ = audible ? 0 : quiet_frames_ + 1;
  if (audible && !agent_speaks_) {
    agent_speaks_ = true;
    tell_speech(true, true);
    spoken_frames_ = 0;
  }
  if (agent_speaks_ && !speaking_) agent_answered_ = true;
  if (agent_speaks_) ++spoken_frames_;
  if (quiet_frames_ < short_pause || !std::exchange(agent_speaks_, false)) return;
  tell_speech(true, false, frame_period * static_cast<int>(short_pause));
}

void dialogue::arrived(std::span<const std::uint8_t>) {}

void dialogue::sent(std::uint64_t, std::span<const std::uint8_t> frame) {
  if (on_sent) on_sent(frame);
}

}  // namespace tonris::sim
