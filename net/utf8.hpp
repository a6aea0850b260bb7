#pragma once

#include <string_view>

namespace tonris::net {

/// Is this whole text UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing beyond U+10FFFF)? Any input.
[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

/// The longest beginning of `text` (UTF-8) that has at most `max_bytes` and does not cut a character.
[[nodiscard]] std::string_view utf8_prefix(std::string_view text, std::size_t max_bytes) noexcept;

}  // namespace tonris::net
