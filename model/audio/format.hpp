#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace tonris::model {

/// The agent's audio formats (docs/protocols/elevenlabs.md#audio). PCM is signed 16-bit little-endian mono.
enum class audio_format : std::uint8_t { ulaw_8000, pcm_8000, pcm_16000, pcm_22050, pcm_24000, pcm_44100, pcm_48000 };

[[nodiscard]] std::optional<audio_format> parse_audio_format(std::string_view name) noexcept;
[[nodiscard]] std::string_view to_string(audio_format f) noexcept;
[[nodiscard]] int sample_rate(audio_format f) noexcept;               ///< Hz
[[nodiscard]] std::size_t bytes_per_sample(audio_format f) noexcept;  ///< 1 or 2
[[nodiscard]] std::size_t bytes_of_ms(audio_format f, unsigned ms) noexcept;
[[nodiscard]] std::uint8_t silence_byte(audio_format f) noexcept;  ///< 0xFF for mu-law, 0 for PCM

}  // namespace tonris::model
