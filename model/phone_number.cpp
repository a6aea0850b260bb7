#include "model/phone_number.hpp"

#include <algorithm>
#include <cstddef>

#include <phonenumbers/phonenumberutil.h>

namespace tonris::model {

namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

// Room for fifteen digits, each with its separator, and a trunk prefix.
constexpr std::size_t max_written_number = 40;
constexpr std::size_t shown_characters = 5;

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

// The library finds numbers inside sentences and reads letters as key presses. Nobody's called number looks like
// that, and "sip:…" or "client:…" must not become a number because a name has digits in it.
bool is_written_as_number(std::string_view text) noexcept {
  constexpr std::string_view separators = " -.()/";
  if (text.empty() || text.size() > max_written_number) return false;
  const auto rest = text.substr(text.front() == '+' ? 1 : 0);
  return std::all_of(rest.begin(), rest.end(),
                     [&](char c) { return is_digit(c) || separators.find(c) != std::string_view::npos; });
}

std::string_view trimmed(std::string_view text) noexcept {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

// Thread safe: made once, read only afterwards.
const PhoneNumberUtil& numbers() {
  return *PhoneNumberUtil::GetInstance();
}

}  // namespace

std::optional<std::string> to_e164(std::string_view text, std::string_view region) {
  constexpr std::string_view no_region = "ZZ";
  text = trimmed(text);
  if (!is_written_as_number(text)) return std::nullopt;
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

bool is_e164(std::string_view text) noexcept {
  constexpr std::size_t min_digits = 7;
  constexpr std::size_t max_digits = 15;
  if (text.size() < min_digits + 1 || text.size() > max_digits + 1) return false;
  return text[0] == '+' && text[1] != '0' && std::all_of(text.begin() + 1, text.end(), is_digit);
}

std::string redacted(std::string_view number) {
  std::string shown{number.substr(0, shown_characters)};
  // The text comes from the wire and goes into a log line: nothing in it may start a line of its own.
  std::replace_if(
      shown.begin(), shown.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return shown + "...";
}

}  // namespace tonris::model
