#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "model/audio/watch.hpp"

namespace tonris::model {

/// What of the caller's audio is missing, and what only came late. The agent's clock runs on samples, so a gap is
/// filled with silence; but frames come in bursts as well, and these miss nothing. Twilio's timestamps tell the two
/// apart:
/// - a jump from one frame to the next is a gap, and is filled exactly;
/// - where no frame comes at all for `patience`, silence goes out at once, in real time. Frames that then come for that
///   time after all are late: as much is taken back of those that are silent, until nothing is owed.
/// Fed with each frame of the stream, ticked each 100 ms while an agent hears. Units: mu-law bytes, 8 a millisecond. No
/// clock; never allocates.
class caller_gaps {
 public:
  static constexpr unsigned patience = 1 * audio_watch::ticks_a_second;
  static constexpr std::uint64_t bytes_a_tick = 8 * audio_watch::tick_ms;
  static constexpr std::uint64_t least_gap = 160;       ///< a frame: below it timestamps only wander
  static constexpr std::uint64_t longest_gap = 88'000;  ///< 11 s: after 10 s without a frame the stream is given up
  static constexpr double silent_dbm0 = -50;            ///< and below; speech on a phone is -30 to -10

  struct place {
    std::uint64_t missing = 0;  ///< of silence, before this frame
    bool late = false;          ///< its time was filled already: where it is silent it is left out
  };

  /// `timestamp_ms` 0: it does not say.
  [[nodiscard]] place frame(std::uint64_t timestamp_ms, std::size_t bytes) noexcept {
    came_ = true;
    place found;
    if (timestamp_ms != 0 && timestamp_ms <= longest_stream_ms) {
      const std::uint64_t at = timestamp_ms * 8;
      if (std::exchange(begun_, true)) {
        if (at >= expected_ + least_gap) found.missing = gap(std::exchange(expected_, at), at);
      } else {
        expected_ = at;
      }
    }
    expected_ += bytes;
    found.late = bytes > 0 && owed_ >= bytes;
    return found;
  }
  /// A late frame was silent, and not passed on.
  void left_out(std::size_t bytes) noexcept { owed_ -= std::min<std::uint64_t>(owed_, bytes); }

  /// Are 100 ms of silence to go out now? Then they are owed.
  [[nodiscard]] bool tick() noexcept {
    frameless_ = std::exchange(came_, false) ? 0 : frameless_ + 1;
    if (frameless_ <= patience) return false;
    owed_ += bytes_a_tick;
    return true;
  }

  void new_stream() noexcept {  ///< its timestamps begin anew
    begun_ = false;
    owed_ = 0;
  }
  void new_listener() noexcept {  ///< nothing was filled in for him
    owed_ = 0;
    frameless_ = 0;
  }

 private:
  static constexpr std::uint64_t longest_stream_ms = 7ull * 24 * 3600 * 1000;

  /// What is missing beyond that which was filled in already.
  [[nodiscard]] std::uint64_t gap(std::uint64_t from, std::uint64_t to) noexcept {
    const std::uint64_t missing = to - from;
    if (missing > longest_gap) return owed_ = 0;
    const auto paid = std::min(owed_, missing);
    owed_ -= paid;
    return missing - paid;
  }

  std::uint64_t expected_ = 0;  // where the next frame stands, when none is missing
  std::uint64_t owed_ = 0;      // filled in ahead of frames that may only be late
  unsigned frameless_ = 0;
  bool begun_ = false, came_ = false;
};

}  // namespace tonris::model
