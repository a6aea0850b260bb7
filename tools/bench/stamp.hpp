#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "tools/bench/clock.hpp"

namespace tonris::bench {

/// Which way a frame goes.
enum class direction : std::uint8_t { to_agent, to_caller };

/// What the 160 audio bytes of a frame say: whose they are, which one, when they were due and when really sent. The
/// first 33 bytes carry it with a checksum; the other 127 are a pattern of the call and direction, so that a byte
/// changed, or audio of another call, shows.
struct stamp {
  std::uint32_t call = 0;
  direction way = direction::to_agent;
  std::uint32_t sequence = 0;  ///< from 0, by call and direction
  nanos due = 0;
  nanos sent = 0;
  friend bool operator==(const stamp&, const stamp&) = default;
};

inline constexpr std::size_t frame_bytes = 160;
inline constexpr std::size_t frame_base64 = 216;
inline constexpr std::size_t stamp_bytes = 33;
inline constexpr std::size_t stamp_base64 = 44;

using frame_audio = std::array<std::uint8_t, frame_bytes>;

/// The frames of one call in one direction, as Base64. The pattern is encoded once.
class frame_stamper {
 public:
  frame_stamper(std::uint32_t call, direction way);
  /// The Base64 text of the frame; valid until the next call.
  [[nodiscard]] std::string_view frame(std::uint32_t sequence, nanos due, nanos sent) noexcept;
  /// Is the text's part after the stamp this call's and direction's pattern? `text` has frame_base64 characters.
  [[nodiscard]] bool pattern_matches(std::string_view text) const noexcept;

 private:
  std::uint32_t call_;
  direction way_;
  std::array<char, frame_base64> text_{};
};

/// The stamp at the head of audio bytes; nothing when they carry none.
[[nodiscard]] std::optional<stamp> read_stamp(std::span<const std::uint8_t, stamp_bytes> bytes) noexcept;
/// The same from Base64 text of at least stamp_base64 characters.
[[nodiscard]] std::optional<stamp> read_stamp(std::string_view base64) noexcept;

/// Base64 by our own hand, so that the judge shares no code with the judged. Strict; nothing when not Base64.
[[nodiscard]] std::optional<std::size_t> decode_base64(std::string_view text, std::span<std::uint8_t> out) noexcept;
void encode_base64(std::span<const std::uint8_t> bytes, char* out) noexcept;

}  // namespace tonris::bench
