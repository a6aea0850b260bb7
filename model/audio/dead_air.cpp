#include "model/audio/dead_air.hpp"

#include <spandsp.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include "model/text/base64.hpp"

namespace tonris::model {

namespace {

constexpr std::size_t samples_a_second = 8000;
constexpr std::size_t piece_samples = dead_air_piece_ms * samples_a_second / 1000;

double turn(std::size_t sample, double hertz) {
  return 2 * std::numbers::pi * hertz * static_cast<double>(sample) / samples_a_second;
}

/// 0 at both ends, 1 in the middle.
double swell(std::size_t sample, std::size_t samples) {
  return (1 - std::cos(2 * std::numbers::pi * static_cast<double>(sample) / static_cast<double>(samples))) / 2;
}

std::uint8_t ulaw_of(double linear) {
  return linear_to_ulaw(static_cast<int>(std::lround(linear)));
}

// Whole numbers of Hz, so that whole turns fit into the period.
std::vector<std::uint8_t> make_soft() {
  constexpr std::size_t period = 2 * samples_a_second;
  constexpr std::array chord{220.0, 277.0, 330.0};
  const double scale = dds_scaling_dbm0f(-40);
  std::vector<std::uint8_t> ulaw;
  for (std::size_t n = 0; n < period; ++n) {
    double sum = 0;
    for (const auto hertz : chord) sum += std::sin(turn(n, hertz));
    ulaw.push_back(ulaw_of(sum * scale * swell(n, period)));
  }
  return ulaw;
}

std::vector<std::uint8_t> make_ticks() {
  constexpr std::size_t period = samples_a_second, tick = 20 * samples_a_second / 1000;
  const double scale = dds_scaling_dbm0f(-28);
  std::vector<std::uint8_t> ulaw(period, linear_to_ulaw(0));
  for (std::size_t n = 0; n < tick; ++n) ulaw[n] = ulaw_of(std::sin(turn(n, 800)) * scale * swell(n, tick));
  return ulaw;
}

using pieces = std::vector<std::string>;
pieces cut(const std::vector<std::uint8_t>& ulaw) {
  pieces made;
  for (std::size_t n = 0; n < ulaw.size(); n += piece_samples) made.push_back(to_base64({&ulaw[n], piece_samples}));
  return made;
}

}  // namespace

std::string_view dead_air_piece(dead_air_sound sound, std::size_t n) {
  static const pieces soft = cut(make_soft()), ticks = cut(make_ticks());
  const auto& made = sound == dead_air_sound::soft ? soft : ticks;
  return made[n % made.size()];
}

dead_air_watch::action dead_air_watch::be_quiet() noexcept {
  stopped_.reset();
  if (!playing_) return action::nothing;
  playing_ = false;
  return action::stop;
}

dead_air_watch::action dead_air_watch::agent_live(bool is_live) noexcept {
  live_ = is_live;
  return is_live ? action::nothing : be_quiet();
}

dead_air_watch::action dead_air_watch::agent_audio() noexcept {
  return be_quiet();
}

dead_air_watch::action dead_air_watch::caller_talks() noexcept {
  return be_quiet();
}

void dead_air_watch::caller_stopped(time now) noexcept {
  if (live_ && !playing_) stopped_ = now;
}

dead_air_watch::action dead_air_watch::tick(time now) noexcept {
  if (!stopped_) return action::nothing;
  if (now - *stopped_ >= after_ + longest) return be_quiet();
  if (playing_ || now - *stopped_ < after_) return action::nothing;
  playing_ = true;
  return action::play;
}

}  // namespace tonris::model
