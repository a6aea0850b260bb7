#include "model/phone/mention.hpp"

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

}  // namespace

bool is_mentioned(std::string_view number, std::string_view text) {
  if (number.empty()) return false;
  if (!is_e164(number)) return text.find(number) != std::string_view::npos;
  const auto end = shared_end(number);
  for (auto at = text.find(end); at != std::string_view::npos; at = text.find(end, at + 1)) {
    const auto behind = at + end.size();
    if (behind < text.size() && is_digit(text[behind])) continue;
    if (is_that(digits_before(text, behind), number)) return true;
  }
  return false;
}

}  // namespace tonris::model
