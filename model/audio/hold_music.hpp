#pragma once

#include <chrono>
#include <string_view>

namespace tonris::model {

/// What a caller hears who waits for a place: the hold tone, as a WAV file (mu-law, 8 kHz), made once. Lives for ever.
inline constexpr std::chrono::seconds hold_music_length{10};
[[nodiscard]] std::string_view hold_music_wav();

}  // namespace tonris::model
