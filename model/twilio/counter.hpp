#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

namespace tonris::model::twilio {

/// A counter as Twilio writes it: a decimal string ("926"). Both decoders read it here, so that they agree.
[[nodiscard]] inline std::optional<std::uint64_t> parse_counter(std::string_view text) noexcept {
  std::uint64_t value = 0;
  const auto* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return value;
}

}  // namespace tonris::model::twilio
