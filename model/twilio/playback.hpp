#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tonris::model {

/// What the caller has heard of the agent, by Twilio's marks: bytes sent only tell what was queued
/// (docs/protocols/twilio.md#buffer-marks-clear). A mark's name is "g<generation>:<position>", the position in
/// milliseconds of all audio sent in that generation. A `clear` begins a new generation: Twilio then echoes every
/// outstanding mark at once, and those echoes say nothing. Units: mu-law bytes, 8 a millisecond. No clock, no socket.
class playback {
 public:
  static constexpr std::uint64_t bytes_between_marks = 1600;  ///< 200 ms

  /// Audio went out. Says whether a mark is due behind it.
  [[nodiscard]] bool sent(std::size_t ulaw_bytes) noexcept {
    sent_ += ulaw_bytes;
    return sent_ - marked_ >= bytes_between_marks;
  }

  /// Is there audio that no mark stands behind yet?
  [[nodiscard]] bool unmarked() const noexcept { return sent_ != marked_; }

  /// The name of a mark behind everything sent so far; counts it as sent. Written into `buffer`, which must hold 48
  /// bytes.
  [[nodiscard]] std::string_view next_mark(char* buffer) noexcept;

  /// Twilio echoed a mark. False when it is not of the running generation, or no mark of ours: then it says nothing.
  bool reached(std::string_view name) noexcept;

  /// A `clear` goes out: what was queued is void. Returns how much of it the caller had not heard yet (ms).
  std::uint64_t cleared() noexcept;

  /// The caller has heard everything that was sent.
  [[nodiscard]] bool all_heard() const noexcept { return heard_ == sent_; }
  [[nodiscard]] std::uint64_t heard_ms() const noexcept {
    return (heard_before_ + heard_) / 8;
  }  ///< over the whole stream
  [[nodiscard]] std::uint64_t sent_ms() const noexcept { return (heard_before_ + sent_) / 8; }  ///< likewise, but void
  [[nodiscard]] std::uint64_t queued_ms() const noexcept { return (sent_ - heard_) / 8; }       ///< at Twilio, at most
  [[nodiscard]] std::uint32_t generation() const noexcept { return generation_; }

 private:
  std::uint32_t generation_ = 1;
  std::uint64_t sent_ = 0, marked_ = 0, heard_ = 0;  // bytes of this generation
  std::uint64_t heard_before_ = 0;                   // bytes of the generations before
};

}  // namespace tonris::model
