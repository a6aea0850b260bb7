#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "model/call/end_reason.hpp"
#include "model/quality/media_quality.hpp"

namespace tonris::model {

/// Why a call that ended in the ordinary way was no ordinary call: its caller gave up, or his time ran out, while
/// something was wrong.
struct call_trouble {
  end_reason reason{};
  std::chrono::milliseconds unheard{0};  ///< how long he had heard nothing when it ended
  bool operator==(const call_trouble&) const = default;
};

/// What a call knows of its own trouble when it ends.
struct trouble_signs {
  std::optional<end_reason> last;         ///< what went wrong last, with either leg
  bool over = false;                      ///< and was healed since: the caller heard something, or was heard
  std::chrono::milliseconds unheard{0};   ///< since the stream began, or since the agent was heard last
  std::optional<end_reason> bad_audio{};  ///< of the whole call
  std::chrono::milliseconds owed{0};      ///< since an answer of the agent's whose text came, and no audible audio
};

/// A caller hears something within 3 s, or a step of a cure: longer, with something broken, is trouble.
inline constexpr std::chrono::seconds patience_in_trouble{3};
/// An agent that says something says it within 4 s, the vendor's own limit.
inline constexpr std::chrono::seconds patience_for_answer{5};
/// Nothing is known to be broken: he may think, or talk, but not for so long.
inline constexpr std::chrono::seconds patience_in_silence{30};

/// Of what the caller said so much is missing that the agent misses words: this much, and this share of his audio.
inline constexpr std::chrono::seconds least_cut{3};
inline constexpr unsigned least_cut_percent = 2;
/// What the agent says is played so late, by the mean of so many marks (two seconds of speech), that he talks into it.
inline constexpr std::chrono::seconds least_lag{1};
inline constexpr std::uint32_t least_lag_marks = 10;

/// Audio that is trouble by itself: caller_cut_off, or playback_late.
[[nodiscard]] std::optional<end_reason> bad_audio(std::chrono::milliseconds from_caller, const caller_quality& came,
                                                  const agent_quality& played) noexcept;
/// Is it one of these two? Nobody heard nothing then.
[[nodiscard]] bool is_bad_audio(end_reason trouble) noexcept;

/// Nothing: it was an ordinary call, or its end says itself what was wrong.
[[nodiscard]] std::optional<call_trouble> trouble_of(end_reason end, const trouble_signs& signs) noexcept;

}  // namespace tonris::model
