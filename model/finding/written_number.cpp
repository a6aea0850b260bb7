#include "model/finding/written_number.hpp"

#include <algorithm>
#include <iterator>
#include <optional>

#include "model/phone/number.hpp"
#include "model/tenant/rules.hpp"
#include "model/text/ascii.hpp"
#include "model/text/trimmed.hpp"
#include "model/text/utf8.hpp"

namespace tonris::model {

namespace {

bool is_separator(char c) noexcept {
  return std::string_view{" -.()/"}.find(c) != std::string_view::npos;
}

bool has_no_letter(std::string_view text) noexcept {
  return std::none_of(text.begin(), text.end(), is_letter);
}

/// "+" and the digits of "(45) 70": how numbers of a country begin; nothing when it is something else.
std::optional<std::string> beginning_in(std::string_view text) {
  std::string digits;
  std::remove_copy_if(text.begin(), text.end(), std::back_inserter(digits), is_separator);
  if (!digits.starts_with('+')) digits.insert(digits.begin(), '+');
  constexpr std::size_t most_digits = 15;
  const auto is_number = digits.size() >= 2 && digits.size() <= most_digits + 1 && digits[1] != '0' &&
                         std::all_of(digits.begin() + 1, digits.end(), is_digit);
  return is_number ? std::optional{digits} : std::nullopt;
}

/// The digits of "47 11"; nothing when they are too few, too many or something else.
std::optional<std::string> ending_in(std::string_view text) {
  std::string digits;
  std::remove_copy_if(text.begin(), text.end(), std::back_inserter(digits), is_separator);
  const auto is_ending = digits.size() >= least_ending && digits.size() <= most_ending &&
                         std::all_of(digits.begin(), digits.end(), is_digit);
  return is_ending ? std::optional{digits} : std::nullopt;
}

/// "00" before a country's code is dialled for the "+".
std::string with_plus(std::string_view text) {
  const bool dials_abroad = text.starts_with("00") && !text.substr(2).starts_with('0') && has_no_letter(text);
  return dials_abroad ? std::string{"+"}.append(text.substr(2)) : std::string{text};
}

/// The digits of a number without its country, as E.164 has them at the end; nothing when it is something else. The "0"
/// that goes before them at home is not among them, and where it is, the others still are the end.
std::optional<std::string> national_in(std::string_view text) {
  constexpr std::size_t least = 7, most = 12;
  std::string digits;
  std::remove_copy_if(text.begin(), text.end(), std::back_inserter(digits), is_separator);
  if (digits.starts_with('0')) digits.erase(0, 1);
  const auto is_number = digits.size() >= least && digits.size() <= most && digits[0] != '0' &&
                         std::all_of(digits.begin(), digits.end(), is_digit);
  return is_number ? std::optional{digits} : std::nullopt;
}

}  // namespace

tl::expected<wanted_number, std::string> read_wanted_number(std::string_view written) {
  const auto meant = with_plus(trimmed(written));
  std::string_view text = meant;
  if (text.starts_with('*')) {
    auto ending = ending_in(text.substr(1));
    if (!ending) return tl::unexpected(std::string{"must have four to six digits behind its asterisk, such as *4711"});
    return wanted_number{*std::move(ending), false, true};
  }
  if (text.ends_with('*')) {
    text.remove_suffix(1);
    auto beginning = beginning_in(text);
    if (!beginning)
      return tl::unexpected(std::string{"must have digits with the country's before its asterisk, such as +4570*"});
    return wanted_number{*std::move(beginning), true};
  }
  auto number = caller_in(text == tenant_rules::withheld ? std::string_view{} : text);
  if (!is_e164(number) && has_no_letter(number)) {
    if (auto national = national_in(text)) return wanted_number{*std::move(national), false, true};
    return tl::unexpected(std::string{
        "must be a whole number with its country, such as +15551234567 or 0015551234567, or without, of seven digits "
        "or more, such as 5551234567; or how it begins or ends, such as +1555* or *4567"});
  }
  if (!is_utf8(number)) return tl::unexpected(std::string{"must be UTF-8"});
  return wanted_number{std::move(number), false};
}

}  // namespace tonris::model
