#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "model/call/briefing.hpp"
#include "model/text/utf8.hpp"

namespace tonris::model {

namespace {

constexpr std::size_t max_bytes = 4096;
constexpr std::size_t least_worth_keeping = 80;  ///< bytes of a line that has to be cut
constexpr std::string_view opening =
    "The connection was interrupted for a moment and is back. Do not greet again; go on where you were. ";
constexpr std::string_view of_all = "The conversation so far:", of_its_end = "The end of the conversation so far:";
constexpr std::string_view left_out = "\xe2\x80\xa6";  // an ellipsis
constexpr std::string_view cut_in = " (the caller cut in here)";

/// One line of valid UTF-8: a line break in what was said would let it pass for a line of the other side.
std::string one_line(std::string_view text) {
  std::string line;
  line.reserve(text.size());
  while (!text.empty()) {
    const auto length = utf8_length(text);
    const auto lead = static_cast<unsigned char>(text.front());
    if (length > 0 && lead >= 0x20 && lead != 0x7F) {
      line += text.substr(0, length);
    } else if (length > 0 && !line.empty() && line.back() != ' ') {
      line += ' ';
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  line.erase(0, std::min(line.find_first_not_of(' '), line.size()));
  return line;
}

/// More than the end of a line is never told, however long it is.
std::string words_of(const call_record::line& line) {
  constexpr std::size_t enough = 2 * max_bytes;
  const std::string_view text = line.heard ? *line.heard : line.text;
  auto words = one_line(text.size() <= enough ? text : text.substr(text.size() - enough));
  if (line.heard && !words.empty()) words += cut_in;
  return words;
}

struct told_lines {
  std::vector<std::string> newest_first;
  bool all = true;  ///< none was left out or cut
};

told_lines newest_within(std::size_t room, const std::vector<call_record::line>& transcript) {
  told_lines told;
  for (auto line = transcript.rbegin(); line != transcript.rend() && told.all; ++line) {
    const auto words = words_of(*line);
    if (words.empty()) continue;
    std::string text{line->agent ? "\nYou: " : "\nCaller: "};
    told.all = text.size() + words.size() <= room;
    if (!told.all) text += left_out;
    if (!told.all && room < text.size() + least_worth_keeping) break;
    text += utf8_suffix(words, room - text.size());
    room -= text.size();
    told.newest_first.push_back(std::move(text));
  }
  return told;
}

}  // namespace

std::string said_so_far(const std::vector<call_record::line>& transcript, bool transcript_is_whole) {
  auto lines = newest_within(max_bytes - opening.size() - of_all.size(), transcript);
  const bool all = lines.all && transcript_is_whole;
  if (!all) lines = newest_within(max_bytes - opening.size() - of_its_end.size(), transcript);
  if (lines.newest_first.empty()) return {};
  std::string told{opening};
  told += all ? of_all : of_its_end;
  for (auto text = lines.newest_first.rbegin(); text != lines.newest_first.rend(); ++text) told += *text;
  return told;
}

}  // namespace tonris::model
