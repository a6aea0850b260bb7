#include "model/phone/mention.hpp"

#include <algorithm>
#include <cstddef>
#include <string>

#include "model/phone/number.hpp"
#include "model/text/ascii.hpp"

namespace tonris::model {

namespace {

constexpr std::size_t most_digits = 17;  // of E.164, behind "00"

/// The digits that end before `behind`; "" where there are more than any number has.
std::string_view digits_before(std::string_view text, std::size_t behind) noexcept {
  auto from = behind;
  while (from > 0 && behind - from <= most_digits && is_digit(text[from - 1])) --from;
  return behind - from > most_digits ? std::string_view{} : text.substr(from, behind - from);
}

/// Cheap where it is written as it is asked for.
bool is_that(std::string_view digits, std::string_view number) {
  if (digits.starts_with("00")) digits.remove_prefix(2);
  return digits == number.substr(1) || is_same_number(std::string{"+"}.append(digits), number);
}

/// It is longer than what was looked for: "sip:anna@example.co" in "sip:anna@example.com".
bool goes_on(std::string_view rest) noexcept {
  const auto is_of_it = [](char c) { return is_letter(c) || is_digit(c) || static_cast<unsigned char>(c) >= 0x80; };
  if (rest.empty()) return false;
  if (rest[0] == '.') return rest.size() > 1 && is_of_it(rest[1]);
  return is_of_it(rest[0]) || std::string_view{"-_~%+@"}.find(rest[0]) != std::string_view::npos;
}

bool is_address_mentioned(std::string_view address, std::string_view text) noexcept {
  for (auto at = text.find(address); at != std::string_view::npos; at = text.find(address, at + 1))
    if (!goes_on(text.substr(at + address.size()))) return true;
  return false;
}

}  // namespace

bool is_address(std::string_view text) noexcept {
  const auto colon = text.find(':');
  return colon != std::string_view::npos && colon > 0 && colon + 1 < text.size() &&
         std::ranges::all_of(text.substr(0, colon), is_letter);
}

bool is_mentioned(std::string_view number, std::string_view text) {
  if (number.empty()) return false;
  if (!is_e164(number)) return is_address_mentioned(number, text);
  const auto end = shared_end(number);
  for (auto at = text.find(end); at != std::string_view::npos; at = text.find(end, at + 1)) {
    const auto behind = at + end.size();
    if (behind < text.size() && is_digit(text[behind])) continue;
    if (is_that(digits_before(text, behind), number)) return true;
  }
  return false;
}

}  // namespace tonris::model
