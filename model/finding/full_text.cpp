#include "model/finding/full_text.hpp"

#include <algorithm>

#include "model/text/ascii.hpp"
#include "model/text/trimmed.hpp"
#include "model/text/utf8.hpp"

namespace tonris::model {

namespace {

bool is_blank(char c) noexcept {
  const auto byte = static_cast<unsigned char>(c);
  return byte <= 0x20 || byte == 0x7F;
}

/// Does FTS5's tokenizer find something in it? Of what lies beyond ASCII only it knows; where it finds nothing, a term
/// of an expression without operators counts for nothing.
bool has_a_word(std::string_view term) noexcept {
  return std::any_of(term.begin(), term.end(),
                     [](char c) { return is_alnum(c) || static_cast<unsigned char>(c) >= 0x80; });
}

/// Well-formed UTF-8 without controls, as long as it may be.
std::string cleaned(std::string_view words) {
  std::string clean;
  words = words.substr(0, max_search_bytes);
  while (!words.empty()) {
    const auto length = utf8_length(words);
    if (length == 0 || (length == 1 && is_blank(words.front())))
      clean += ' ';
    else
      clean += words.substr(0, length);
    words.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return clean;
}

struct term {
  std::string_view text;
  bool is_beginning = false;
};

/// Takes what stands between quotation marks off, or the rest without a second one; an asterisk may follow it.
term take_phrase(std::string_view& rest) noexcept {
  rest.remove_prefix(1);
  const auto end = std::min(rest.find('"'), rest.size());
  const auto text = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  const bool is_beginning = rest.starts_with('*');
  if (is_beginning) rest.remove_prefix(1);
  return {trimmed(text), is_beginning};
}

/// Takes what goes to the next blank or quotation mark off.
term take_word(std::string_view& rest) noexcept {
  const auto end = std::min(rest.find_first_of(" \""), rest.size());
  auto text = rest.substr(0, end);
  rest.remove_prefix(end);
  const bool is_beginning = text.ends_with('*');
  while (text.ends_with('*')) text.remove_suffix(1);
  return {text, is_beginning};
}

void append_line(std::string_view text, std::string& out) {
  if (text.empty() || out.size() >= max_searched_bytes) return;
  out.append(utf8_prefix(text, max_searched_bytes - out.size() - 1)) += '\n';
}

}  // namespace

std::string match_expression(std::string_view words) {
  std::string expression;
  const auto clean = cleaned(words);
  auto rest = trimmed(clean);
  while (!rest.empty()) {
    const auto [text, is_beginning] = rest.front() == '"' ? take_phrase(rest) : take_word(rest);
    rest = trimmed(rest);
    if (!has_a_word(text)) continue;
    if (!expression.empty()) expression += ' ';
    expression.append("\"").append(text).append(is_beginning ? "\"*" : "\"");
  }
  return expression;
}

std::string searched_text(const call_record& record) {
  std::string text;
  for (const auto& report : record.reports) append_line(report.summary, text);
  for (const auto& note : record.notes) append_line(note.text, text);
  for (const auto& line : record.transcript) append_line(line.text, text);
  return text;
}

call_record without_words(call_record record) {
  record.lines_left_out += record.transcript.size();
  record.transcript.clear();
  record.notes.clear();
  for (auto& transfer : record.transfers) transfer.reason.clear();
  for (auto& report : record.reports) report.summary.clear(), report.analysis.clear();
  return record;
}

}  // namespace tonris::model
