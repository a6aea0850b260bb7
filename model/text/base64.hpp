#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tonris::model {

/// Base64 with the standard alphabet and padding (RFC 4648 section 4).
void append_base64(std::span<const std::uint8_t> bytes, std::string& out);
[[nodiscard]] std::string to_base64(std::span<const std::uint8_t> bytes);

/// Appends the decoded bytes to `out`. Strict: wrong alphabet, length not a multiple of four, or padding elsewhere than
/// at the end is refused, and `out` is as before. Never allocates when `out` has the capacity.
[[nodiscard]] bool append_decoded(std::string_view base64, std::vector<std::uint8_t>& out);

/// Bytes that well-formed Base64 of this text decodes to, without looking at its alphabet; nothing when the length or
/// the padding is wrong.
[[nodiscard]] std::optional<std::size_t> decoded_size(std::string_view base64) noexcept;

/// Could `text` be Base64: right alphabet, right padding?
[[nodiscard]] bool is_base64(std::string_view text) noexcept;

}  // namespace tonris::model
