#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "model/audio/format.hpp"

namespace tonris::sim {

struct vad_options {
  double threshold = 0.01;                 ///< root mean square of a block, as a fraction of full scale
  std::chrono::milliseconds speech{120};   ///< loud this long (gaps of one block forgiven): somebody talks
  std::chrono::milliseconds silence{600};  ///< quiet this long after speech: he has finished
};

/// Hears when somebody begins and stops talking, by energy, in any of the seven formats. Its clock is the audio itself
/// (docs/protocols/elevenlabs.md#audio: turns are told by the samples that came). Pure.
class vad {
 public:
  enum class event { began, ended };

  explicit vad(model::audio_format format, vad_options options = {});
  /// The events in these bytes, in order. Half samples and half blocks are kept for the next call.
  std::vector<event> feed(std::span<const std::uint8_t> bytes);

  [[nodiscard]] bool talking() const noexcept { return talking_; }
  /// For how long speech has gone on; zero when nobody talks.
  [[nodiscard]] std::chrono::milliseconds talking_for() const noexcept { return talking_for_; }

 private:
  [[nodiscard]] std::optional<event> block(double level);

  model::audio_format format_;
  vad_options options_;
  std::size_t block_bytes_;
  std::vector<std::uint8_t> held_;
  std::chrono::milliseconds loud_{0}, quiet_{0}, talking_for_{0};
  bool talking_ = false;
};

}  // namespace tonris::sim
