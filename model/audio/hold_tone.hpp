#pragma once

#include <cstddef>
#include <string_view>

namespace tonris::model {

/// What a caller hears while no agent is there: a soft beep each second (425 Hz, half a second on, half off, mu-law,
/// -25 dBm0), made once with SpanDSP. Pieces of 100 ms as Base64 text, each 1,068 characters; piece n of a tone that
/// began at piece 0, going round. The view lives for ever.
inline constexpr std::size_t hold_tone_piece_ms = 100;
[[nodiscard]] std::string_view hold_tone_piece(std::size_t n);

}  // namespace tonris::model
