#include "model/audio/levels.hpp"

#include <algorithm>
#include <cmath>

#include "model/audio/converter.hpp"

namespace tonris::model {

namespace {

constexpr std::size_t samples_a_ms = 8;

std::int64_t number_of(played_levels::time at) noexcept {
  return at.time_since_epoch() / played_levels::slice;
}

}  // namespace

void level_sum::add(std::span<const std::uint8_t> ulaw) noexcept {
  const auto rms = ulaw_rms(ulaw);
  energy_ += rms * rms * static_cast<double>(ulaw.size());
  samples_ += ulaw.size();
}

double level_sum::dbfs() const noexcept {
  constexpr double sine_to_square = 3.01;  // rms of a full sine is that much below full scale
  if (energy_ <= 0) return silence_dbfs;
  const auto db = 10 * std::log10(energy_ / static_cast<double>(samples_)) + sine_to_square;
  return std::clamp(db, silence_dbfs, sine_to_square);
}

void played_levels::add(std::span<const std::uint8_t> ulaw, time now) noexcept {
  auto from = std::max(until_, now);
  while (!ulaw.empty()) {
    const auto number = number_of(from);
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(time{slice * (number + 1)} - from);
    const auto samples =
        std::min(ulaw.size(), samples_a_ms * static_cast<std::size_t>(std::max<std::int64_t>(left.count(), 1)));
    if (number < number_of(now) + static_cast<std::int64_t>(most) - 1) at(number).loud.add(ulaw.first(samples));
    ulaw = ulaw.subspan(samples);
    from += std::chrono::microseconds{samples * 1000 / samples_a_ms};
  }
  until_ = from;
}

played_levels::one& played_levels::at(std::int64_t number) noexcept {
  auto& found = slices_[static_cast<std::size_t>(number) % most];
  if (found.number != number) found = {number, {}};
  return found;
}

void played_levels::cleared(time now) noexcept {
  until_ = std::min(until_, now);
  for (auto& each : slices_)
    if (each.number > number_of(now)) each = {};
}

double played_levels::dbfs(time now) const noexcept {
  const auto number = number_of(now) - 1;
  if (number < 0) return silence_dbfs;
  const auto& found = slices_[static_cast<std::size_t>(number) % most];
  return found.number == number ? found.loud.dbfs() : silence_dbfs;
}

}  // namespace tonris::model
