#include "model/audio/format.hpp"

#include <algorithm>
#include <array>

namespace tonris::model {
namespace {

struct entry {
  audio_format format;
  std::string_view name;
  int rate;
};

constexpr std::array<entry, 7> formats{{{audio_format::ulaw_8000, "ulaw_8000", 8000},
                                        {audio_format::pcm_8000, "pcm_8000", 8000},
                                        {audio_format::pcm_16000, "pcm_16000", 16000},
                                        {audio_format::pcm_22050, "pcm_22050", 22050},
                                        {audio_format::pcm_24000, "pcm_24000", 24000},
                                        {audio_format::pcm_44100, "pcm_44100", 44100},
                                        {audio_format::pcm_48000, "pcm_48000", 48000}}};

constexpr const entry& entry_of(audio_format f) noexcept {
  return formats[static_cast<std::size_t>(f)];
}

}  // namespace

std::optional<audio_format> parse_audio_format(std::string_view name) noexcept {
  const auto* const found =
      std::find_if(formats.begin(), formats.end(), [&](const entry& e) { return e.name == name; });
  if (found == formats.end()) return std::nullopt;
  return found->format;
}

std::string_view to_string(audio_format f) noexcept {
  return entry_of(f).name;
}

int sample_rate(audio_format f) noexcept {
  return entry_of(f).rate;
}

std::size_t bytes_per_sample(audio_format f) noexcept {
  return f == audio_format::ulaw_8000 ? 1 : 2;
}

std::size_t bytes_of_ms(audio_format f, unsigned ms) noexcept {
  return static_cast<std::size_t>(sample_rate(f)) * ms / 1000 * bytes_per_sample(f);
}

std::uint8_t silence_byte(audio_format f) noexcept {
  return f == audio_format::ulaw_8000 ? 0xFF : 0;
}

}  // namespace tonris::model
