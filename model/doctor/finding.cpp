#include "model/doctor/finding.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "model/text/one_line.hpp"
#include "model/text/utf8.hpp"

namespace tonris::model::doctor {

namespace {

constexpr std::size_t longest_value = 300;

/// What a stranger may have sent, for a terminal.
std::string shown(std::string_view value) {
  const auto cut = utf8_prefix(value, longest_value);
  std::string out;
  append_one_line(cut, out);
  if (cut.size() < value.size()) out += "...";
  return out;
}

std::string filled(std::string_view text, std::span<const filling> words) {
  std::string out;
  while (!text.empty()) {
    const auto open = text.find('{');
    const auto close = open == std::string_view::npos ? open : text.find('}', open);
    out.append(text.substr(0, open));
    if (close == std::string_view::npos) return open == std::string_view::npos ? out : out.append(text.substr(open));
    const auto name = text.substr(open + 1, close - open - 1);
    const auto word = std::ranges::find(words, name, &filling::first);
    if (word != words.end()) out.append(shown(word->second));
    text.remove_prefix(close + 1);
  }
  return out;
}

/// By these it is told whose a finding is.
bool is_name(const filling& word) {
  return word.first == "tenant" || word.first == "agent" || word.first == "number";
}

/// The tenant, and what of his it is about; "": it is nobody's.
std::string whose(std::span<const filling> words) {
  const auto tenant = std::ranges::find(words, "tenant", &filling::first);
  if (tenant == words.end()) return {};
  std::string more;
  for (const auto& word : words)
    if (is_name(word) && word.first != "tenant") more.append(more.empty() ? "" : ", ").append(shown(word.second));
  return shown(tenant->second) + (more.empty() ? "" : " (" + more + ")");
}

/// "docs/redis.md" as a link from another of docs' pages.
std::string with_links(std::string text) {
  constexpr std::string_view folder = "docs/", ending = ".md";
  for (std::size_t at = text.find(folder); at != std::string::npos; at = text.find(folder, at)) {
    const auto name = at + folder.size(), end = text.find(ending, name) + ending.size();
    const auto page = text.substr(name, end - name);
    std::string link = "[";
    link.append(page).append("](").append(page).append(")");
    text.replace(at, end - at, link);
    at += link.size();
  }
  return text;
}

std::string with_gaps(std::string_view text) {
  std::string out;
  bool is_inside = false;
  for (const char c : text) {
    if (c == '{') out += "…";
    is_inside = is_inside || c == '{';
    if (!is_inside) out += c;
    is_inside = is_inside && c != '}';
  }
  return with_links(std::move(out));
}

}  // namespace

std::string_view to_string(severity is) noexcept {
  switch (is) {
    case severity::ok: return "ok";
    case severity::note: return "note";
    case severity::warning: return "warning";
    case severity::error: return "error";
  }
  return "error";
}

std::string_view to_string(area of) noexcept {
  switch (of) {
    case area::settings: return "settings";
    case area::gateway: return "gateway";
    case area::public_address: return "public address";
    case area::certificate: return "certificate";
    case area::twilio: return "twilio";
    case area::elevenlabs: return "elevenlabs";
    case area::redis: return "redis";
    case area::machine: return "machine";
  }
  return "";
}

std::string catalogue_as_markdown() {
  std::string text;
  const area* last = nullptr;
  for (const auto& row : catalogue()) {
    if (row.is == severity::ok) continue;
    if (!last || *last != row.of)
      text.append(text.empty() ? "" : "\n")
          .append("### The ")
          .append(to_string(row.of))
          .append("\n\n| code | | what | why it matters | what to do |\n|---|---|---|---|---|\n");
    last = &row.of;
    text.append("| `").append(row.code).append("` | ").append(to_string(row.is)).append(" | ");
    text.append(with_gaps(row.what)).append(" | ").append(with_gaps(row.why)).append(" | ");
    text.append(with_gaps(row.fix)).append(" |\n");
  }
  return text;
}

finding found(std::string_view code, std::initializer_list<filling> words) {
  const auto rows = catalogue();
  const auto row = std::find_if(rows.begin(), rows.end(), [&](const auto& one) { return one.code == code; });
  if (row == rows.end()) throw std::logic_error("no such finding: " + std::string{code});
  finding one{
      row->is, row->of, std::string{code}, filled(row->what, words), filled(row->why, words), filled(row->fix, words)};
  one.who = whose(words);
  if (one.who.empty()) return one;
  std::vector<filling> of_many(words);
  for (auto& word : of_many)
    if (is_name(word)) word.second = "…";
  one.what_of_many = filled(row->what, of_many);
  one.fix_of_many = filled(row->fix, of_many);
  return one;
}

finding not_looked_at(area of, std::string_view what, std::string_view why) {
  finding one{severity::warning, of, "not_looked_at", {}, {}, "mend that, then ask the doctor again"};
  one.what = "not looked at: " + shown(what);
  one.why = shown(why);
  return one;
}

}  // namespace tonris::model::doctor
