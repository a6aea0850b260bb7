#include "config/dotenv.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "model/text/ascii.hpp"
#include "model/text/trimmed.hpp"

namespace tonris::config {

namespace {

constexpr std::string_view blanks = " \t\r";

using model::trimmed;

bool is_name(std::string_view text) {
  const auto is_fit = [](char c) { return model::is_alnum(c) || c == '_'; };
  return !text.empty() && !model::is_digit(text[0]) && std::all_of(text.begin(), text.end(), is_fit);
}

// After a closing quote only a comment may stand.
bool is_rest_fine(std::string_view rest) {
  rest = trimmed(rest);
  return rest.empty() || rest.front() == '#';
}

char unescaped(char c) noexcept {
  switch (c) {
    case 'n': return '\n';
    case 't': return '\t';
    default: return c;
  }
}

std::optional<std::string> read_quoted(std::string_view text) {
  const char quote = text.front();
  std::string value;
  for (std::size_t i = 1; i < text.size(); ++i) {
    const char c = text[i];
    if (c == quote) return is_rest_fine(text.substr(i + 1)) ? std::optional{value} : std::nullopt;
    if (c != '\\' || quote == '\'') {
      value += c;
    } else if (++i < text.size()) {
      value += unescaped(text[i]);
    }
  }
  return std::nullopt;
}

std::string read_bare(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool starts_word = i == 0 || blanks.find(text[i - 1]) != std::string_view::npos;
    if (text[i] == '#' && starts_word) text = text.substr(0, i);
  }
  return std::string{trimmed(text)};
}

// The mistake in one line, "" when there is none.
std::string_view read_line(std::string_view line, dotenv& to) {
  constexpr std::string_view prefix = "export ";
  line = trimmed(line);
  if (line.empty() || line.front() == '#') return {};
  if (line.substr(0, prefix.size()) == prefix) line = line.substr(prefix.size());
  const auto equals = line.find('=');
  if (equals == std::string_view::npos) return "must be NAME=value";
  const auto name = trimmed(line.substr(0, equals));
  if (!is_name(name)) return "must begin with a name of letters, digits and '_'";
  const auto text = trimmed(line.substr(equals + 1));
  const bool quoted = !text.empty() && (text.front() == '"' || text.front() == '\'');
  auto value = quoted ? read_quoted(text) : read_bare(text);
  if (!value) return "must end with its closing quote";
  to.values[std::string{name}] = *std::move(value);
  return {};
}

}  // namespace

dotenv parse_dotenv(std::string_view text) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (text.substr(0, byte_order_mark.size()) == byte_order_mark) text.remove_prefix(byte_order_mark.size());
  dotenv result;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto mistake = read_line(text.substr(0, end), result);
    if (!mistake.empty()) result.mistakes.push_back("line " + std::to_string(number) + " " + std::string{mistake});
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return result;
}

}  // namespace tonris::config
