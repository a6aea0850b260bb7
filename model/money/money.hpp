#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tonris::model {

/// A currency's code of ISO 4217, by its form: three capital letters.
class currency {
 public:
  constexpr currency() = default;  ///< USD
  /// Letters of either case.
  [[nodiscard]] static std::optional<currency> parse(std::string_view text) noexcept;
  [[nodiscard]] std::string_view code() const noexcept { return {code_.data(), code_.size()}; }
  auto operator<=>(const currency&) const = default;  // NOLINT(modernize-use-nullptr): clang-tidy 14 sees its 0

 private:
  std::array<char, 3> code_{'U', 'S', 'D'};
};
inline constexpr currency us_dollars{};

/// Whole millionths of a currency's unit: what vendors' prices are written in, and sums come out to the last one.
using micros = std::int64_t;
/// No single amount is beyond: below it a sum of thousands fits, and a double tells all amounts apart.
inline constexpr micros most_micros = 1'000'000'000'000'000;

struct money {
  micros amount = 0;
  currency in;
  bool operator==(const money&) const = default;
};

/// A decimal number as JSON has it ("-0.0085", "0.10", "8.5e-03"); an integer part may lack (".5"). More than six
/// decimals are rounded, half away from zero. Nothing for anything else, and beyond most_micros.
[[nodiscard]] std::optional<micros> parse_micros(std::string_view decimal) noexcept;
/// Of a number that was a double already. Exact for every amount that is one of whole millionths.
[[nodiscard]] std::optional<micros> micros_of(double units) noexcept;
/// Exact, and as short as can be: "-0.0085", "0.1", "12". A number of JSON.
[[nodiscard]] std::string to_decimal(micros amount);

/// Stops at half of what can be counted, so that the difference of two sums can be counted as well.
[[nodiscard]] micros saturated_sum(micros a, micros b) noexcept;

}  // namespace tonris::model
