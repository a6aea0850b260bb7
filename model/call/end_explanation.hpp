#pragma once

#include <string_view>

#include "model/call/end_reason.hpp"

namespace tonris::model {

/// What happened, in one plain sentence for whoever is asked why the call ended: "The caller hung up."
[[nodiscard]] std::string_view explain(end_reason r) noexcept;
/// What goes on when it happens to many calls, for the beginning of a sentence: "ElevenLabs unreachable".
[[nodiscard]] std::string_view headline(end_reason r) noexcept;
/// What an operator does about it, for behind "What to do: ".
[[nodiscard]] std::string_view advice(end_reason r) noexcept;
/// "the caller", "the vendor (ElevenLabs)": for the end of a sentence.
[[nodiscard]] std::string_view explain(caused_by c) noexcept;

}  // namespace tonris::model
