#include "model/phone/number.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>

#include <phonenumbers/phonenumberutil.h>

#include "model/text/ascii.hpp"
#include "model/text/trimmed.hpp"

namespace tonris::model {

namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

// Room for fifteen digits, each with its separator, and a trunk prefix.
constexpr std::size_t max_written_number = 40;
constexpr std::size_t max_address = 255;
constexpr std::size_t shown_characters = 5;
constexpr std::string_view anonymous = "anonymous";

// The library finds numbers inside sentences and reads letters as key presses. Nobody's called number looks like
// that, and "sip:…" or "client:…" must not become a number because a name has digits in it.
bool is_written_as_number(std::string_view text) noexcept {
  constexpr std::string_view separators = " -.()/";
  if (text.empty() || text.size() > max_written_number) return false;
  const auto rest = text.substr(text.front() == '+' ? 1 : 0);
  return std::all_of(rest.begin(), rest.end(),
                     [&](char c) { return is_digit(c) || separators.find(c) != std::string_view::npos; });
}

/// "+" and the digits of `text`, whatever else stands between them.
std::string plus_and_digits_of(std::string_view text) {
  std::string number{'+'};
  std::copy_if(text.begin(), text.end(), std::back_inserter(number), is_digit);
  return number;
}

bool is_plus_and_digits(std::string_view text, std::size_t least) noexcept {
  constexpr std::size_t most = 15;
  return text.size() >= least + 1 && text.size() <= most + 1 && text[0] == '+' && text[1] != '0' &&
         std::all_of(text.begin() + 1, text.end(), is_digit);
}

// E.164 by its form alone. Shorter ones exist, but only metadata tells them from a slip of the hand.
bool has_the_form(std::string_view text) noexcept {
  constexpr std::size_t least = 8;
  return is_plus_and_digits(text, least);
}

// ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN and UNAVAILABLE, spelled on a keypad: what Twilio makes of withheld numbers.
bool is_withheld(std::string_view number) noexcept {
  constexpr std::array<std::string_view, 5> spelled = {"+266696687", "+7378742833", "+2562533", "+8656696",
                                                       "+86282452253"};
  return std::find(spelled.begin(), spelled.end(), number) != spelled.end();
}

// Thread safe: made once, read only afterwards.
const PhoneNumberUtil& numbers() {
  return *PhoneNumberUtil::GetInstance();
}

/// As the library's metadata has it; nothing where that does not know such a number.
std::optional<std::string> by_metadata(std::string_view text, std::string_view region) {
  constexpr std::string_view no_region = "ZZ";
  PhoneNumber number;
  const std::string written{text};
  const std::string home{region.empty() ? no_region : region};
  if (numbers().Parse(written, home, &number) != PhoneNumberUtil::NO_PARSING_ERROR) return std::nullopt;
  if (!numbers().IsPossibleNumber(number)) return std::nullopt;
  std::string e164;
  numbers().Format(number, PhoneNumberUtil::E164, &e164);
  if (!is_e164(e164)) return std::nullopt;
  return e164;
}

// --- numbers with two forms

/// `#` is any digit, `m` one of 6 to 9; both are taken over in their order.
struct double_form {
  std::string_view other, meets;
};
constexpr std::array double_forms{
    double_form{"+521##########", "+52##########"},  // Mexico: its mobiles, until 2019
    double_form{"+549##########", "+54##########"},  // Argentina: its mobiles, called from abroad
    double_form{"+229########", "+22901########"},   // Benin: all, until 2024
    double_form{"+55##m#######", "+55##9m#######"},  // Brazil: its mobiles, until 2016, and many a WhatsApp name
};

/// What `#` and `m` stand for in `number`; nothing when it has another form.
std::optional<std::string> match(std::string_view pattern, std::string_view number) {
  if (pattern.size() != number.size()) return std::nullopt;
  std::string taken;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '#' && pattern[i] != 'm') {
      if (pattern[i] != number[i]) return std::nullopt;
      continue;
    }
    if (pattern[i] == 'm' && number[i] < '6') return std::nullopt;
    taken += number[i];
  }
  return taken;
}

std::string filled(std::string_view pattern, std::string_view digits) {
  std::string number{pattern};
  for (char& c : number) {
    if (c != '#' && c != 'm') continue;
    c = digits.front();
    digits.remove_prefix(1);
  }
  return number;
}

const double_form* double_form_of(std::string_view number) {
  const auto found = std::find_if(double_forms.begin(), double_forms.end(), [&](const double_form& row) {
    return match(row.other, number).has_value() || match(row.meets, number).has_value();
  });
  return found == double_forms.end() ? nullptr : &*found;
}

/// Is it sure that a number which came without its "+" begins with a country's code? Eleven digits are more than a
/// local number has nearly everywhere; of shorter ones the metadata must know the very range.
bool is_surely_international(const std::string& with_plus) {
  constexpr std::size_t long_enough = 11;
  if (!has_the_form(with_plus)) return false;
  if (double_form_of(with_plus) != nullptr) return true;
  PhoneNumber number;
  if (numbers().Parse(with_plus, "ZZ", &number) != PhoneNumberUtil::NO_PARSING_ERROR) return false;
  return numbers().IsValidNumber(number) || (with_plus.size() > long_enough && numbers().IsPossibleNumber(number));
}

// --- addresses

/// Cuts `scheme` ("sip:") off, however it is written.
bool take_scheme(std::string_view& text, std::string_view scheme) noexcept {
  if (!same_text(text.substr(0, scheme.size()), scheme)) return false;
  text.remove_prefix(scheme.size());
  return true;
}

/// The part of an address that may be a number, decoded; "" where there is none.
std::string number_part(std::string_view address) {
  if (address.size() > max_address) return {};
  if (take_scheme(address, "sip:") || take_scheme(address, "sips:")) {
    const auto at = address.find('@');
    if (at == std::string_view::npos) return {};  // a host alone
    address = address.substr(0, at);
    address = address.substr(0, address.find_first_of(";:"));  // of the user: parameters, a password
  } else {
    // "tel:", or a trunk's number without it, which may have its parameters (";ext=5") all the same.
    if (!take_scheme(address, "tel:")) take_scheme(address, "whatsapp:");
    address = address.substr(0, address.find_first_of(";?"));
  }
  address = trimmed(address);
  const bool plus = take_scheme(address, "%2b");
  std::string part{address};
  if (plus) part.insert(part.begin(), '+');
  return part;
}

}  // namespace

std::optional<std::string> to_e164(std::string_view text, std::string_view region) {
  text = trimmed(text);
  if (!is_written_as_number(text)) return std::nullopt;
  const auto number = [&]() -> std::optional<std::string> {
    if (has_the_form(text)) return std::string{text};
    if (auto known = by_metadata(text, region)) return known;
    auto written = plus_and_digits_of(text);
    if (text.front() == '+' && has_the_form(written)) return written;
    return std::nullopt;
  }();
  return number && !is_withheld(*number) ? number : std::nullopt;
}

bool is_e164(std::string_view text) noexcept {
  constexpr std::size_t shortest = 7;
  return is_plus_and_digits(text, shortest);
}

std::optional<std::string> number_in(std::string_view address) {
  const auto part = number_part(trimmed(address));
  if (auto number = to_e164(part)) return number;
  // Trunks send numbers without their "+". What could as well be a local one stays what it is.
  if (!is_written_as_number(part) || part.front() == '+') return std::nullopt;
  auto international = plus_and_digits_of(part);
  if (is_withheld(international) || !is_surely_international(international)) return std::nullopt;
  return international;
}

std::string caller_in(std::string_view address) {
  if (auto number = number_in(address)) return *std::move(number);
  const auto text = trimmed(address);
  const auto part = number_part(text);
  const bool withheld = text.empty() || (is_written_as_number(part) && is_withheld(plus_and_digits_of(part)));
  return std::string{withheld ? anonymous : text};
}

std::string meeting_form(std::string_view e164) {
  if (!is_e164(e164)) return std::string{e164};
  auto number = by_metadata(e164, {}).value_or(std::string{e164});
  for (const auto& row : double_forms)
    if (const auto digits = match(row.other, number)) return filled(row.meets, *digits);
  return number;
}

std::string_view shared_end(std::string_view e164) noexcept {
  // An Argentine mobile has the shortest: its area code takes four digits of ten, and "15" or "9" stands before the
  // rest.
  constexpr std::size_t digits = 6;
  return e164.substr(e164.size() - std::min(e164.size(), digits));
}

bool is_same_number(std::string_view a, std::string_view b) {
  return a == b || meeting_form(a) == meeting_form(b);
}

bool is_listed(std::span<const std::string> numbers, std::string_view number) {
  if (!is_e164(number)) return false;
  const auto wanted = meeting_form(number);
  return std::any_of(numbers.begin(), numbers.end(), [&](const auto& one) { return meeting_form(one) == wanted; });
}

std::string redacted(std::string_view number) {
  std::string shown{number.substr(0, shown_characters)};
  // The text comes from the wire and goes into a log line: nothing in it may start a line of its own.
  std::replace_if(
      shown.begin(), shown.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return shown + "...";
}

}  // namespace tonris::model
