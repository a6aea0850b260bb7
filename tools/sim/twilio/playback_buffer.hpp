#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <vector>

namespace tonris::sim {

/// Twilio's play-out buffer of one stream (docs/protocols/twilio.md#buffer-marks-clear): audio plays in arrival order
/// at real time, a mark is echoed when everything queued before it has played (at once when nothing is), `clear` drops
/// the audio and echoes every outstanding mark. Pure: whoever owns it calls `play` every 20 ms.
class playback_buffer {
 public:
  static constexpr std::size_t capacity = 4'800'000;  ///< bytes, 10 minutes
  static constexpr std::size_t max_marks = 100'000;   ///< outstanding; ours, Twilio documents none

  /// Queues audio. Returns how many bytes did not fit and are lost (31931).
  std::size_t push(std::span<const std::uint8_t> ulaw);
  /// False: too many outstanding marks, this one is lost.
  bool push_mark(std::string name);
  /// Drops what is queued; returns how many bytes that was.
  std::size_t clear();
  /// Fills `out` with the next audio, silence where there is none. Returns how many bytes were audio.
  std::size_t play(std::span<std::uint8_t> out);
  /// The marks to echo now, in the order they came.
  [[nodiscard]] std::vector<std::string> take_reached();

  [[nodiscard]] std::size_t queued() const noexcept { return audio_.size(); }

 private:
  struct mark {
    std::uint64_t position;
    std::string name;
  };
  std::deque<std::uint8_t> audio_;
  std::deque<mark> marks_;
  std::uint64_t played_ = 0;  ///< bytes played or dropped; a mark at this position is reached
};

}  // namespace tonris::sim
