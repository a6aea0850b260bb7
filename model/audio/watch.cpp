#include "model/audio/watch.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "model/audio/converter.hpp"

namespace tonris::model {

double level_dbm0(std::span<const std::uint8_t> ulaw) noexcept {
  constexpr double full_scale_square = 6.16;  // a full sine is 3.14 dBm0 (G.711), a square wave 3.02 dB more
  const auto rms = ulaw_rms(ulaw);
  return rms > 0 ? std::max(silence_dbm0, 20 * std::log10(rms) + full_scale_square) : silence_dbm0;
}

// --- playout_watch

void playout_watch::sent(std::uint64_t ms) noexcept {
  unplayed_ms_ += ms;
}

void playout_watch::marked() noexcept {
  overdue_ = 0;
}

void playout_watch::cleared() noexcept {
  unplayed_ms_ = 0;
  overdue_ = 0;
}

bool playout_watch::tick(bool all_heard) noexcept {
  if (all_heard) {
    cleared();
    return false;
  }
  if (unplayed_ms_ > 0) {
    unplayed_ms_ -= std::min<std::uint64_t>(unplayed_ms_, audio_watch::tick_ms);
    return false;
  }
  overdue_ = std::min(overdue_ + 1, patience);
  return overdue_ == patience && !std::exchange(said_, true);
}

// --- hearing_watch

void hearing_watch::expect_signs() noexcept {
  if (!std::exchange(armed_, true)) forget();
}

void hearing_watch::sign_of_hearing() noexcept {
  armed_ = true;
  forget();
}

void hearing_watch::caller_level(double dbm0) noexcept {
  level_ = dbm0;
}

void hearing_watch::forget() noexcept {
  talk_.fill({});
  speech_ = bursts_ = run_ = turn_ = 0;
  in_burst_ = false;
  unheard_.reset();
}

void hearing_watch::remember_level(double dbm0) noexcept {
  levels_[level_at_] = dbm0;
  level_at_ = (level_at_ + 1) % levels_.size();
  known_levels_ = std::min(known_levels_ + 1, levels_.size());
}

bool hearing_watch::is_loud(double dbm0) const noexcept {
  const auto* const known_end = levels_.data() + known_levels_;
  const auto* const quietest = std::min_element(levels_.data(), known_end);
  return quietest != known_end && dbm0 > least_level && dbm0 > *quietest + above_noise;
}

bool hearing_watch::changes(double dbm0) const noexcept {
  const auto last = levels_[(level_at_ + levels_.size() - 1) % levels_.size()];
  return std::abs(dbm0 - last) >= voice_changes;
}

hearing_watch::heard hearing_watch::listen(bool loud, bool changes) noexcept {
  silence_ = loud ? 0 : std::min(silence_ + 1, least_silence);
  run_ = loud ? std::min(run_ + 1, least_burst) : 0;
  if (silence_ >= pause) in_burst_ = false;
  turn_ = silence_ == least_silence || (turn_ == 0 && !loud) ? 0 : std::min(turn_ + 1, longest_turn);
  if (!loud) return {};
  if (in_burst_) return {1, false};
  if (run_ < least_burst || !changes) return {};
  in_burst_ = true;
  return {least_burst, true};  // what came before it was known to be a burst counts as well
}

void hearing_watch::remember(heard now) noexcept {
  auto& oldest = talk_[at_];
  speech_ += now.speech;
  speech_ -= oldest.speech;
  bursts_ += static_cast<unsigned>(now.burst);
  bursts_ -= static_cast<unsigned>(oldest.burst);
  oldest = now;
  at_ = (at_ + 1) % talk_.size();
}

bool hearing_watch::tick() noexcept {
  // A level that is not known says nothing of the noise either.
  const auto level = std::exchange(level_, std::nullopt);
  const auto now = listen(level && is_loud(*level), level && changes(*level));
  if (level) remember_level(*level);
  if (!armed_ || said_) return false;
  remember(now);
  if (unheard_) unheard_ = std::min(*unheard_ + 1, patience);
  if (!unheard_ && speech_ >= enough_speech && bursts_ >= enough_bursts) unheard_ = 0;
  const bool may_be_answered_yet = silence_ < least_silence && turn_ < longest_turn;
  if (!unheard_ || *unheard_ < patience || may_be_answered_yet) return false;
  said_ = true;
  return true;
}

// --- audible_watch

void audible_watch::answered() noexcept {
  if (!owed_ && !audible_) owed_ = 0;
}

void audible_watch::interrupted() noexcept {
  owed_.reset();
}

void audible_watch::audio(double dbm0) noexcept {
  if (!(dbm0 > least_level)) return;
  audible_ = 0;
  owed_.reset();
}

bool audible_watch::listening() const noexcept {
  return !said_ && (!audible_ || *audible_ >= audio_watch::ticks_a_second);
}

bool audible_watch::tick() noexcept {
  if (audible_ && ++*audible_ > before) audible_.reset();
  if (!owed_ || ++*owed_ < patience) return false;
  owed_.reset();
  return !std::exchange(said_, true);
}

}  // namespace tonris::model
