#include "model/call/transcript.hpp"

#include <algorithm>
#include <numeric>
#include <string>
#include <utility>

#include "model/text/utf8.hpp"

namespace tonris::model {

namespace {

std::size_t bytes_of(const call_record::line& line) noexcept {
  return line.text.size() + (line.heard ? line.heard->size() : 0);
}

void keep_within_bounds(call_record& record) {
  auto& lines = record.transcript;
  auto bytes = std::accumulate(lines.begin(), lines.end(), std::size_t{0},
                               [](std::size_t sum, const auto& line) { return sum + bytes_of(line); });
  std::size_t too_many = 0;
  for (; lines.size() - too_many > max_transcript_lines || bytes > max_transcript_bytes; ++too_many)
    bytes -= bytes_of(lines[too_many]);
  lines.erase(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(too_many));
  record.lines_left_out += too_many;
}

}  // namespace

void add_line(call_record& record, call_record::line line) {
  line.text.resize(utf8_prefix(line.text, max_line_bytes).size());
  record.transcript.push_back(std::move(line));
  keep_within_bounds(record);
}

bool correct_line(call_record& record, std::int64_t event_id, std::string_view heard) {
  auto& lines = record.transcript;
  const auto line =
      std::find_if(lines.rbegin(), lines.rend(), [&](const auto& l) { return l.agent && l.event_id == event_id; });
  if (line == lines.rend()) return false;
  line->heard = std::string{utf8_prefix(heard, max_line_bytes)};
  keep_within_bounds(record);
  return true;
}

}  // namespace tonris::model
