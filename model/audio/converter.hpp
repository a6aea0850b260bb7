#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "model/audio/format.hpp"

namespace tonris::model {

/// Converts one direction of one call's audio from any of the seven formats to any other: G.711 by SpanDSP, rates by
/// SoXR (band-limited). State is kept over chunks: how the input is cut never changes the output, and half a sample at
/// a chunk's end waits for its other half. Mu-law to mu-law copies.
///
/// Holds back 3 to 17 ms of audio between two rates (measured, worst pair 8000 -> 44100; 13 ms for 8000 <-> 16000),
/// nothing at equal rates. Speech up to 3.4 kHz of a phone passes unchanged. About 60 KiB resident and 2 to 10 us for
/// 20 ms; the resampler is made by the first chunk that needs it (up to 0.4 ms). Not thread safe. Memory beyond `out`
/// is fixed.
class audio_converter {
 public:
  audio_converter(audio_format from, audio_format to);
  ~audio_converter();
  audio_converter(audio_converter&&) noexcept;
  audio_converter& operator=(audio_converter&&) noexcept;

  /// Appends what is ready to `out` (the resampler holds a few milliseconds back).
  void convert(std::span<const std::uint8_t> in, std::vector<std::uint8_t>& out);
  /// Appends what the resampler still holds: the end of a sentence. Ready for the next one afterwards; half a sample
  /// is dropped.
  void flush(std::vector<std::uint8_t>& out);
  /// Forgets everything held back: after an interruption.
  void reset();

 private:
  struct state;
  std::unique_ptr<state> state_;
};

/// Root mean square of mu-law samples as a fraction of full scale (0..1): the louder, the more likely somebody talks. 0
/// for no samples.
[[nodiscard]] double ulaw_rms(std::span<const std::uint8_t> ulaw) noexcept;

/// Bytes that are surely not audio: a RIFF or MP3 (ID3) file or JSON text at the start of a stream, where an upstream
/// error or a file was sent as speech (docs/protocols/twilio.md#what-has-gone-wrong-elsewhere). A few bytes more than
/// the mark itself are asked for, since loud audio may begin with any three.
[[nodiscard]] bool looks_like_no_audio(std::span<const std::uint8_t> first_bytes) noexcept;

}  // namespace tonris::model
