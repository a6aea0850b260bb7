#pragma once

#include <chrono>
#include <optional>

#include "model/call/end_reason.hpp"

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
  std::optional<end_reason> last;        ///< what went wrong last, with either leg
  bool over = false;                     ///< and was healed since: the caller heard something, or was heard
  std::chrono::milliseconds unheard{0};  ///< since the stream began, or since the agent was heard last
};

/// A caller hears something within 3 s, or a step of a cure: longer, with something broken, is trouble.
inline constexpr std::chrono::seconds patience_in_trouble{3};
/// Nothing is known to be broken: he may think, or talk, but not for so long.
inline constexpr std::chrono::seconds patience_in_silence{30};

/// Nothing: it was an ordinary call, or its end says itself what was wrong.
[[nodiscard]] std::optional<call_trouble> trouble_of(end_reason end, const trouble_signs& signs) noexcept;

}  // namespace tonris::model
