#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace tonris::model {

/// Audio that waits: what the caller says while no agent hears it, what the agent said while the caller's socket does
/// not take it. The frames' Base64 text, oldest first, at most `limit` bytes of audio; beyond it the oldest go,
/// counted. Bytes are mu-law, 8 a millisecond.
class audio_backlog {
 public:
  static constexpr std::size_t default_limit = 5 * 8000;  ///< five seconds

  explicit audio_backlog(std::size_t limit_bytes = default_limit) : limit_(limit_bytes) {}

  void keep(std::string_view base64_payload);

  /// The oldest frame, or nothing. Memory is given back with the last one.
  [[nodiscard]] std::optional<std::string> take();

  [[nodiscard]] bool empty() const noexcept { return frames_.empty(); }
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
  [[nodiscard]] std::size_t frames() const noexcept { return frames_.size(); }
  /// Frames lost since last asked.
  [[nodiscard]] std::uint64_t take_dropped() noexcept { return std::exchange(dropped_, 0); }

 private:
  std::deque<std::string> frames_;
  std::size_t limit_, bytes_ = 0;
  std::uint64_t dropped_ = 0;
};

}  // namespace tonris::model
