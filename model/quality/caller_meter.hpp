#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "model/quality/media_quality.hpp"

namespace tonris::model {

/// Measures how the caller's audio comes: what his frames say of themselves (`sequenceNumber`, `chunk`, `timestamp`,
/// docs/protocols/twilio.md#media-streams) against when they arrive. What a frame does not say is 0, and is not
/// measured of it. One a call, fed with each frame of each of its streams; times are of any clock that stands still for
/// nobody. No clock; never allocates.
///
/// - A gap is a jump of the timestamps by a frame or more: audio was lost before Twilio sent it, or nobody made any.
/// One
///   of more than `longest_gap` is no gap but another clock, from where measuring begins anew.
/// - Late is a frame that took `late_after` longer to come than the quickest of the last half minute to minute: two
///   clocks that drift apart make none.
/// - Frames are told apart by their sequence number: one that came is a duplicate, one that did not is out of order, as
///   far as `order_window` numbers back. Either is measured no further.
class caller_meter {
 public:
  using time = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::milliseconds late_after{100};
  static constexpr std::chrono::milliseconds longest_gap{11'000};  ///< as caller_gaps has it
  static constexpr std::chrono::seconds window{30};
  static constexpr unsigned order_window = 64;

  struct frame {
    std::uint64_t sequence = 0, chunk = 0, timestamp_ms = 0;
    std::size_t bytes = 0;  ///< mu-law, 8 a millisecond
  };

  explicit caller_meter(const caller_quality& so_far = {}) noexcept : seen_(so_far) {}

  void arrived(const frame& one, time now) noexcept;
  /// Ten times a second: is he talking? Counts for the gaps that follow, until a tick behind the next frame.
  void tick(bool he_talks) noexcept;
  void new_stream() noexcept;  ///< its numbers and its timestamps begin anew

  [[nodiscard]] const caller_quality& figures() const noexcept { return seen_; }

 private:
  using us = std::int64_t;

  [[nodiscard]] bool is_next(std::uint64_t sequence) noexcept;
  void count_lost(std::uint64_t chunk) noexcept;
  void look_for_gap(std::uint64_t from_ms, std::uint64_t to_ms) noexcept;
  void measure_transit(us transit, time now) noexcept;
  void begin_clock() noexcept;

  caller_quality seen_;
  bool came_ = false, he_talks_ = false;
  std::optional<time> last_arrival_;
  // numbers
  std::uint64_t highest_ = 0, seen_numbers_ = 0;  // bit n: highest_ - n came
  std::uint64_t last_chunk_ = 0;
  // timestamps
  std::optional<std::uint64_t> expected_ms_;  // where the next frame stands, when none is missing
  // transit: arrival less timestamp
  std::optional<us> last_transit_;
  us jitter_16_ = 0;           // sixteen times the estimate, as RFC 3550 A.8 keeps it
  us least_ = 0, before_ = 0;  // in this window, and in the one before it
  time window_began_{};
};

}  // namespace tonris::model
