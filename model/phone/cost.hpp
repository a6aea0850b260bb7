#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tonris::model {

/// What kind of bill a call to a number makes, whoever asks for it.
enum class number_cost : std::uint8_t {
  ordinary,     ///< or unknown to any table
  premium,      ///< also personal numbers and pagers, whose prices are as high
  satellite,    ///< satellites, ships, and networks of no country
  shared_cost,  ///< the caller pays a part, at a price of its own
};
[[nodiscard]] std::string_view to_string(number_cost cost) noexcept;  ///< "shared_cost"

/// By the beginnings of numbers that are known for it (docs/tenants.md#transfers-by-the-agent), and by what
/// libphonenumber's metadata says of the number, both of the number as it is written and without what a network strips
/// ("+440871…" is +44871…).
[[nodiscard]] number_cost cost_of(std::string_view e164);

/// The countries ("US") in which that number may ring: its own where the numbering tables know the very number, else
/// all that share its country code. None: that code is no country's.
[[nodiscard]] std::vector<std::string> regions_of(std::string_view e164);

/// The number that is dialled when somebody says or writes `text`: E.164, without a national prefix that does not
/// belong there. `home` is a number of whoever writes ("+4570123456"): numbers without "+" are of its country. Nothing
/// when it is no whole number: a word, an extension, an emergency number, a number without its area code.
[[nodiscard]] std::optional<std::string> dialled_number(std::string_view text, std::string_view home);

}  // namespace tonris::model
