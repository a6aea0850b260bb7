#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "config/setting_table.hpp"
#include "config/settings.hpp"

namespace tonris::config {

namespace {

constexpr std::size_t indent = 32;
constexpr std::size_t line_length = 110;

constexpr std::string_view head = R"(tonris: a voice gateway between Twilio and ElevenLabs

Usage: tonris [flags]

Every setting is a flag (--port 8080), an environment variable (PORT=8080) or a line in .env (PORT=8080); flags win,
then the environment, then .env. An empty value means the default. Other users of a machine can see a program's
flags: secrets belong into .env.
)";

constexpr std::string_view tail = R"(
Other
  --env-file FILE               read FILE instead of .env
  --help, -h                    print this and end
  --version                     print the version and end

docs/configuration.md has an example of each.
)";

std::string facts(const setting& s) {
  if (s.required) return "(required)";
  if (s.standard.empty()) return {};
  std::string text{"(default "};
  text.append(s.standard);
  if (!s.unit.empty()) text.append(" ").append(s.unit);
  return text + ")";
}

std::vector<std::string> words_of(const setting& s) {
  std::vector<std::string> words;
  for (auto text = s.meaning; !text.empty();) {
    const auto end = std::min(text.find(' '), text.size());
    words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (auto last = facts(s); !last.empty()) words.push_back(std::move(last));
  if (s.not_yet) words.emplace_back("(not yet: read, and not acted on)");
  return words;
}

// Words in a column that begins at the indent.
std::string column_of(const std::vector<std::string>& words) {
  std::string out;
  std::size_t column = indent;
  for (const auto& word : words) {
    if (column > indent && column + 1 + word.size() > line_length) {
      out.append("\n").append(indent, ' ');
      column = indent;
    } else if (column > indent) {
      out += ' ';
      ++column;
    }
    out += word;
    column += word.size();
  }
  return out;
}

void append_setting(const setting& s, std::string& out) {
  std::string name{"  "};
  name.append(flag_of(s));
  name.resize(std::max(name.size() + 1, indent), ' ');
  out.append(name).append(column_of(words_of(s))).append("\n");
}

}  // namespace

std::string help() {
  std::string out{head};
  std::string_view group;
  for (const auto& s : all_settings()) {
    if (s.group != group) out.append("\n").append(s.group).append("\n");
    group = s.group;
    append_setting(s, out);
  }
  return out.append(tail);
}

}  // namespace tonris::config
