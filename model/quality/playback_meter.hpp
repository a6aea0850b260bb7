#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "model/quality/media_quality.hpp"

namespace tonris::model {

/// Measures how the agent's audio comes, and when the caller hears it. What is sent to Twilio plays in real time, one
/// piece behind the other (docs/protocols/twilio.md#buffer-marks-clear): so it is known when all of it will have been
/// played, were there no way between us.
///
/// - A pause is a hole of `least_pause` to `longest_pause` in what the agent says: audio that came when all before it
///   was played. After a longer one it begins to say something else; so it does when the caller has spoken.
/// - The lag of a mark is how much later it comes back than the audio before it ends. Of the marks that are under way
/// at
///   once as many are measured as there are places.
///
/// One a call, for all its streams. Times are of any clock that stands still for nobody. No clock; never allocates.
class playback_meter {
 public:
  using time = std::chrono::steady_clock::time_point;
  using milliseconds = std::chrono::milliseconds;
  static constexpr milliseconds least_pause{100}, longest_pause{3000};  ///< last_turn::pause: agents pause less
  static constexpr std::size_t most_marks = 64;

  explicit playback_meter(const agent_quality& so_far = {}) noexcept
      : seen_(so_far), lag_sum_ms_(std::uint64_t{so_far.mean_lag_ms} * so_far.marks) {}

  void chunk(milliseconds audio) noexcept;           ///< the agent sent some
  void sent(milliseconds audio, time now) noexcept;  ///< some of it went to Twilio
  /// A mark went out behind it; `position`: of all that was sent on this stream.
  void mark_sent(std::uint64_t position_ms) noexcept;
  /// It came back. Its lag; nothing: it was not measured.
  std::optional<milliseconds> mark_back(std::uint64_t position_ms, time now) noexcept;
  void cleared(time now) noexcept;  ///< what is queued is void, and so are the marks in it
  void new_stream() noexcept;
  void turn_over() noexcept { in_turn_ = false; }  ///< the caller speaks

  [[nodiscard]] const agent_quality& figures() const noexcept { return seen_; }

 private:
  struct mark {
    std::uint64_t position_ms = 0;
    time due;
  };

  agent_quality seen_;
  std::uint64_t lag_sum_ms_;
  time until_{};  // all that was sent plays until then
  bool in_turn_ = false;
  std::array<mark, most_marks> marks_{};  // ring
  std::size_t oldest_ = 0, under_way_ = 0;
};

}  // namespace tonris::model
