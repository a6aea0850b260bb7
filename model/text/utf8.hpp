#pragma once

#include <cstddef>
#include <string_view>

namespace tonris::model {

/// Bytes of the well-formed UTF-8 sequence (RFC 3629: no overlong form, no surrogate, nothing above U+10FFFF) that
/// `text` starts with: 1 to 4; 0 when there is none.
[[nodiscard]] std::size_t utf8_length(std::string_view text) noexcept;

/// The longest beginning of `text` of at most `max_bytes` that cuts no sequence in two.
[[nodiscard]] std::string_view utf8_prefix(std::string_view text, std::size_t max_bytes) noexcept;

}  // namespace tonris::model
