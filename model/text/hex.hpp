#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tonris::model {

inline constexpr std::string_view hex_digits = "0123456789abcdef";

/// Two digits in lower case.
inline void append_hex(std::uint8_t byte, std::string& out) {
  out += hex_digits[byte >> 4U];
  out += hex_digits[byte & 15U];
}
[[nodiscard]] inline std::string to_hex(std::span<const std::uint8_t> bytes) {
  std::string out;
  out.reserve(2 * bytes.size());
  for (const auto byte : bytes) append_hex(byte, out);
  return out;
}

/// What a digit of either case is worth.
[[nodiscard]] constexpr std::optional<std::uint8_t> hex_value(char c) noexcept {
  if (c >= '0' && c <= '9') return static_cast<std::uint8_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<std::uint8_t>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<std::uint8_t>(c - 'A' + 10);
  return std::nullopt;
}
[[nodiscard]] constexpr bool is_hex_digit(char c) noexcept {
  return hex_value(c).has_value();
}

}  // namespace tonris::model
