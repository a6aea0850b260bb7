#include "model/text/csv.hpp"

#include <algorithm>

#include "model/text/ascii.hpp"
#include "model/text/utf8.hpp"

namespace tonris::model {

namespace {

constexpr std::string_view begins_formula = "=+-@\t\r\n";
constexpr std::string_view stays = "\t\r\n";

bool is_phone_number(std::string_view text) noexcept {
  return text.size() >= 8 && text.size() <= 16 && text.front() == '+' && text[1] != '0' &&
         std::all_of(text.begin() + 1, text.end(), is_digit);
}

bool is_taken_for_formula(std::string_view text) noexcept {
  return !text.empty() && begins_formula.find(text.front()) != std::string_view::npos && !is_phone_number(text);
}

bool is_blanked(char c) noexcept {
  const auto byte = static_cast<unsigned char>(c);
  return byte == 0x7F || (byte < 0x20 && stays.find(c) == std::string_view::npos);
}

std::string cleaned(std::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  while (!text.empty()) {
    const auto length = utf8_length(text);
    if (length == 0)
      clean += utf8_replacement;
    else if (is_blanked(text.front()))
      clean += ' ';
    else
      clean += text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return clean;
}

}  // namespace

void append_csv_text(std::string_view text, std::string& out) {
  auto field = cleaned(text);
  if (is_taken_for_formula(field)) field.insert(field.begin(), '\'');
  const bool is_quoted =
      field.find_first_of(",\"\r\n") != std::string::npos || field.starts_with(' ') || field.ends_with(' ');
  if (!is_quoted) {
    out += field;
    return;
  }
  out += '"';
  for (const char c : field) {
    if (c == '"') out += c;
    out += c;
  }
  out += '"';
}

}  // namespace tonris::model
