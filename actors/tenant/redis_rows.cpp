#include "actors/tenant/redis_rows.hpp"

#include "actors/runtime/redis_questions.hpp"

namespace tonris::actors::redis_rows {

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const auto blank = text.find(' ');
    if (const auto word = text.substr(0, blank); !word.empty()) words.emplace_back(word);
    text.remove_prefix(blank == std::string_view::npos ? text.size() : blank + 1);
  }
  return words;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text.append(text.empty() ? "" : " ").append(word);
  return text;
}

stored_tenant row_of(const net::redis_reply& row) {
  return {{std::string{row.text_at(0)}}, std::string{row.text_at(1)}, std::string{row.text_at(2)}};
}

std::optional<tenant_change> change_in(std::string_view message) {
  std::vector<std::string_view> lines;
  for (int i = 0; i < 3; ++i) {
    const auto end = message.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    lines.push_back(message.substr(0, end));
    message.remove_prefix(end + 1);
  }
  tenant_change change{
      number_in<std::uint64_t>(lines[0]), {std::string{lines[1]}}, words_of(lines[2]), words_of(message)};
  if (change.seq == 0 || change.id.empty()) return std::nullopt;
  return change;
}

}  // namespace tonris::actors::redis_rows
