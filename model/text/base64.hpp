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

/// Base64 for addresses and names: '-' and '_' for '+' and '/', and no padding (RFC 4648 section 5).
[[nodiscard]] std::string to_base64url(std::span<const std::uint8_t> bytes);
/// Strict as `append_decoded`, and one text for the same bytes only: bits that no byte holds have to be 0.
[[nodiscard]] std::optional<std::vector<std::uint8_t>> from_base64url(std::string_view text);

}  // namespace tonris::model
