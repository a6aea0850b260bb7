#include "model/money/money.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "model/text/ascii.hpp"

namespace tonris::model {

namespace {

constexpr int decimals = 6;
constexpr micros unit = 1'000'000;
constexpr std::size_t max_text = 64;
constexpr int max_exponent = 100;

/// Takes digits off; false when there is none.
std::string_view take_digits(std::string_view& rest) noexcept {
  const auto end = std::find_if_not(rest.begin(), rest.end(), is_digit);
  const auto digits = rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
  rest.remove_prefix(digits.size());
  return digits;
}

bool take(char c, std::string_view& rest) noexcept {
  if (!rest.starts_with(c)) return false;
  rest.remove_prefix(1);
  return true;
}

/// "e-03", or nothing at all.
std::optional<int> take_exponent(std::string_view& rest) noexcept {
  if (!take('e', rest) && !take('E', rest)) return 0;
  const bool negative = take('-', rest);
  if (!negative) take('+', rest);
  const auto digits = take_digits(rest);
  if (digits.empty()) return std::nullopt;
  int exponent = 0;
  for (const char c : digits) {
    exponent = exponent * 10 + (c - '0');
    if (exponent > max_exponent) return std::nullopt;
  }
  return negative ? -exponent : exponent;
}

/// The digits of a number that is their row with the point behind the first `point` of them; a place beyond is a 0.
struct digit_row {
  std::string_view whole, fraction;
  int point;

  [[nodiscard]] int size() const noexcept { return static_cast<int>(whole.size() + fraction.size()); }
  [[nodiscard]] int at(int place) const noexcept {
    if (place < 0 || place >= size()) return 0;
    const auto i = static_cast<std::size_t>(place);
    return (i < whole.size() ? whole[i] : fraction[i - whole.size()]) - '0';
  }
};

std::optional<micros> rounded(const digit_row& row) noexcept {
  const int end = row.point + decimals;  // of the places that count
  micros amount = 0;
  for (int place = 0; place < end; ++place) {
    amount = amount * 10 + row.at(place);
    if (amount > most_micros) return std::nullopt;
  }
  if (row.at(end) >= 5) ++amount;
  return amount <= most_micros ? std::optional{amount} : std::nullopt;
}

std::string to_decimal(micros amount, std::size_t least_decimals) {
  const auto size = amount < 0 ? 0 - static_cast<std::uint64_t>(amount) : static_cast<std::uint64_t>(amount);
  auto fraction = std::to_string(size % unit);
  fraction.insert(0, decimals - fraction.size(), '0');
  fraction.erase(std::max(fraction.find_last_not_of('0') + 1, least_decimals));
  std::string text;
  if (amount < 0) text += '-';
  text += std::to_string(size / unit);
  if (!fraction.empty()) text.append(".").append(fraction);
  return text;
}

}  // namespace

std::optional<currency> currency::parse(std::string_view text) noexcept {
  currency parsed;
  if (text.size() != parsed.code_.size() || !std::all_of(text.begin(), text.end(), is_letter)) return std::nullopt;
  std::transform(text.begin(), text.end(), parsed.code_.begin(),
                 [](char c) { return is_lower(c) ? static_cast<char>(c - 'a' + 'A') : c; });
  return parsed;
}

std::optional<micros> parse_micros(std::string_view decimal) noexcept {
  if (decimal.size() > max_text) return std::nullopt;
  const bool negative = take('-', decimal);
  const auto whole = take_digits(decimal);
  std::string_view fraction;
  if (take('.', decimal)) {
    fraction = take_digits(decimal);
    if (fraction.empty()) return std::nullopt;
  }
  if (whole.empty() && fraction.empty()) return std::nullopt;
  const auto exponent = take_exponent(decimal);
  if (!exponent || !decimal.empty()) return std::nullopt;
  const auto amount = rounded({whole, fraction, static_cast<int>(whole.size()) + *exponent});
  if (!amount) return std::nullopt;
  return negative ? -*amount : *amount;
}

std::optional<micros> micros_of(double units) noexcept {
  const double scaled = units * unit;
  if (!(std::abs(scaled) <= static_cast<double>(most_micros))) return std::nullopt;
  return std::llround(scaled);
}

std::string to_decimal(micros amount) {
  return to_decimal(amount, 0);
}

micros saturated_sum(micros a, micros b) noexcept {
  constexpr micros most = std::numeric_limits<micros>::max() / 2;
  micros both = 0;
  if (__builtin_add_overflow(a, b, &both)) both = a < 0 ? -most : most;
  return std::clamp(both, -most, most);
}

}  // namespace tonris::model
