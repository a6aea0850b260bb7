#include "tools/sim/elevenlabs/vad.hpp"

#include <cmath>

#include <spandsp.h>

namespace tonris::sim {
namespace {

constexpr std::chrono::milliseconds block_length{20};

double sample_at(std::span<const std::uint8_t> bytes, std::size_t i, bool ulaw) {
  if (ulaw) return ulaw_to_linear(bytes[i]);
  const auto low = static_cast<unsigned>(bytes[2 * i]);
  const auto high = static_cast<unsigned>(bytes[2 * i + 1]);
  return static_cast<std::int16_t>(low | (high << 8U));
}

double rms(std::span<const std::uint8_t> bytes, bool ulaw) {
  const auto count = ulaw ? bytes.size() : bytes.size() / 2;
  double sum = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const auto s = sample_at(bytes, i, ulaw) / 32768.0;
    sum += s * s;
  }
  return count == 0 ? 0 : std::sqrt(sum / static_cast<double>(count));
}

}  // namespace

vad::vad(model::audio_format format, vad_options options)
    : format_(format),
      options_(options),
      block_bytes_(model::bytes_of_ms(format, static_cast<unsigned>(block_length.count())) /
                   model::bytes_per_sample(format) * model::bytes_per_sample(format)) {}

std::vector<vad::event> vad::feed(std::span<const std::uint8_t> bytes) {
  held_.insert(held_.end(), bytes.begin(), bytes.end());
  std::vector<event> events;
  std::size_t at = 0;
  for (; held_.size() - at >= block_bytes_; at += block_bytes_) {
    const std::span<const std::uint8_t> one{held_.data() + at, block_bytes_};
    if (const auto happened = block(rms(one, format_ == model::audio_format::ulaw_8000))) events.push_back(*happened);
  }
  held_.erase(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(at));
  return events;
}

std::optional<vad::event> vad::block(double level) {
  const bool loud = level >= options_.threshold;
  quiet_ = loud ? std::chrono::milliseconds{0} : quiet_ + block_length;
  if (loud)
    loud_ += block_length;
  else if (quiet_ > block_length)
    loud_ = {};
  if (talking_) talking_for_ += block_length;
  if (!talking_ && loud_ >= options_.speech) {
    talking_ = true;
    talking_for_ = loud_;
    return event::began;
  }
  if (talking_ && quiet_ >= options_.silence) {
    talking_ = false;
    talking_for_ = {};
    return event::ended;
  }
  return std::nullopt;
}

}  // namespace tonris::sim
