#pragma once

#include <cstddef>
#include <string_view>

namespace tonris::model {

/// Bytes of the well-formed UTF-8 sequence (RFC 3629: no overlong form, no surrogate, nothing above U+10FFFF) that
/// `text` starts with: 1 to 4; 0 when there is none.
[[nodiscard]] std::size_t utf8_length(std::string_view text) noexcept;

/// Is this whole text such sequences? Made for long ones, nearly all ASCII: every message of a WebSocket passes here.
[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

/// The longest beginning of `text` of at most `max_bytes` that cuts no sequence in two.
[[nodiscard]] std::string_view utf8_prefix(std::string_view text, std::size_t max_bytes) noexcept;
/// The longest end, likewise.
[[nodiscard]] std::string_view utf8_suffix(std::string_view text, std::size_t max_bytes) noexcept;
/// How many characters well-formed `text` has.
[[nodiscard]] std::size_t utf8_characters(std::string_view text) noexcept;

/// What stands for a byte that is no UTF-8: U+FFFD.
inline constexpr std::string_view utf8_replacement = "\xEF\xBF\xBD";

}  // namespace tonris::model
