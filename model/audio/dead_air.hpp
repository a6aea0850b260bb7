#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace tonris::model {

/// What a caller hears while the agent thinks: quiet, mu-law, 8 kHz, made once with SpanDSP; it goes round without a
/// click, and begins and ends in silence.
enum class dead_air_sound : std::uint8_t {
  soft,   ///< a low chord that swells and fades every 2 s
  ticks,  ///< a dull tick each second
};
/// Pieces of 100 ms as Base64 text, each 1,068 characters: piece n of a sound that began at piece 0. Lives for ever.
inline constexpr std::size_t dead_air_piece_ms = 100;
[[nodiscard]] std::string_view dead_air_piece(dead_air_sound sound, std::size_t n);

/// When that sound plays: while a live agent has been silent for `after` since the caller stopped talking; it is gone
/// with the agent's first audio, with the caller's next word, and after `longest`: an agent who is silent for so long
/// means it. Pure: the clock is an argument.
class dead_air_watch {
 public:
  using time = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::seconds longest{20};
  enum class action : std::uint8_t { nothing, play, stop };

  explicit dead_air_watch(std::chrono::milliseconds after) noexcept : after_(after) {}

  /// The agent is up (true), or gone, on hold or waiting in the vendor's queue (false).
  [[nodiscard]] action agent_live(bool is_live) noexcept;
  [[nodiscard]] action agent_audio() noexcept;  ///< some of it goes to the caller
  [[nodiscard]] action caller_talks() noexcept;
  void caller_stopped(time now) noexcept;
  [[nodiscard]] action tick(time now) noexcept;

 private:
  [[nodiscard]] action be_quiet() noexcept;

  // given
  const std::chrono::milliseconds after_;

  // state
  bool live_ = false, playing_ = false;
  std::optional<time> stopped_;  // the caller, and the agent has not answered yet
};

}  // namespace tonris::model
