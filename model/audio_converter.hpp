#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "model/audio_format.hpp"

namespace tonris::model {

/// Converts one direction of one call's audio from any of the seven formats to any other: G.711 by SpanDSP, rates by
/// SoXR (band-limited). State is kept over chunks; a chunk of odd length is carried over to the next. Not thread safe.
/// Memory is bounded by the chunk's size. Same format in and out copies.
class audio_converter {
 public:
  audio_converter(audio_format from, audio_format to);
  ~audio_converter();
  audio_converter(audio_converter&&) noexcept;
  audio_converter& operator=(audio_converter&&) noexcept;

  /// Appends what is ready to `out` (the resampler holds a few milliseconds back).
  void convert(std::span<const std::uint8_t> in, std::vector<std::uint8_t>& out);
  /// Appends what the resampler still holds: the end of a sentence. Ready for the next one afterwards.
  void flush(std::vector<std::uint8_t>& out);
  /// Forgets everything held back: after an interruption.
  void reset();

 private:
  struct state;
  std::unique_ptr<state> state_;
};

/// Loud enough to be somebody talking: root mean square of mu-law samples as a fraction of full scale (0..1).
[[nodiscard]] double ulaw_rms(std::span<const std::uint8_t> ulaw) noexcept;

/// Bytes that are surely not audio (RIFF, ID3, or JSON text): an upstream error or a file sent as speech (twilio.md 8,
/// 1).
[[nodiscard]] bool looks_like_no_audio(std::span<const std::uint8_t> first_bytes) noexcept;

}  // namespace tonris::model
