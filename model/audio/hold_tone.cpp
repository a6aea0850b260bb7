#include "model/audio/hold_tone.hpp"

#include <spandsp.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "model/text/base64.hpp"

namespace tonris::model {

namespace {

constexpr std::size_t samples_a_ms = 8;
constexpr std::size_t period_ms = 1000, on_ms = 500;
constexpr std::size_t ramp_ms = 10;  // in and out, so that a beep has no hard edge
constexpr float frequency = 425, level_dbm0 = -25;

using pieces = std::array<std::string, period_ms / hold_tone_piece_ms>;

std::int32_t gain_in_thousands(std::size_t sample) noexcept {
  constexpr std::size_t on = on_ms * samples_a_ms, ramp = ramp_ms * samples_a_ms;
  const auto from_the_edge = std::min(sample, on - 1 - sample);
  return static_cast<std::int32_t>(std::min(from_the_edge, ramp) * 1000 / ramp);
}

std::vector<std::uint8_t> make_period() {
  std::vector<std::uint8_t> ulaw(period_ms * samples_a_ms, linear_to_ulaw(0));
  const auto rate = dds_phase_rate(frequency);
  const auto scale = dds_scaling_dbm0(level_dbm0);
  std::uint32_t phase = 0;
  for (std::size_t n = 0; n < on_ms * samples_a_ms; ++n)
    ulaw[n] = linear_to_ulaw(dds_mod(&phase, rate, scale, 0) * gain_in_thousands(n) / 1000);
  return ulaw;
}

pieces make_pieces() {
  constexpr auto size = hold_tone_piece_ms * samples_a_ms;
  const auto period = make_period();
  pieces made;
  for (std::size_t n = 0; n < made.size(); ++n) made[n] = to_base64({period.data() + n * size, size});
  return made;
}

}  // namespace

std::string_view hold_tone_piece(std::size_t n) {
  static const pieces made = make_pieces();
  return made[n % made.size()];
}

}  // namespace tonris::model
