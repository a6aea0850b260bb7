#pragma once

#include <string_view>

#include "model/end_reason.hpp"

namespace tonris::model {

/// What happened, in one plain sentence for whoever is asked why the call ended: "The caller hung up."
[[nodiscard]] std::string_view explain(end_reason r) noexcept;
/// "the caller", "the vendor (ElevenLabs)": for the end of a sentence.
[[nodiscard]] std::string_view explain(caused_by c) noexcept;

}  // namespace tonris::model
