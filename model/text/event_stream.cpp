#include "model/text/event_stream.hpp"

#include <utility>

namespace tonris::model {

std::vector<server_sent_event> event_stream_reader::put(std::string_view text) {
  std::vector<server_sent_event> whole;
  while (!text.empty() && !is_too_long_) {
    if (std::exchange(is_behind_return_, false) && text.front() == '\n') {
      text.remove_prefix(1);
      continue;
    }
    const auto end = text.find_first_of("\r\n");
    line_.append(text.substr(0, end));
    is_too_long_ = line_.size() + event_.data.size() > most;
    if (end == std::string_view::npos) break;
    is_behind_return_ = text[end] == '\r';
    text.remove_prefix(end + 1);
    take_line(line_, whole);
    line_.clear();
  }
  return whole;
}

void event_stream_reader::take_line(std::string_view line, std::vector<server_sent_event>& to) {
  constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
  if (std::exchange(is_first_, false) && line.starts_with(byte_order_mark)) line.remove_prefix(byte_order_mark.size());
  if (line.empty()) {
    auto id = event_.id;
    if (std::exchange(has_data_, false)) to.push_back(std::move(event_));
    event_ = {std::move(id), "message", {}};
    return;
  }
  const auto colon = line.find(':');
  if (colon == 0) return;  // a comment
  const auto name = line.substr(0, colon);
  auto value = colon == std::string_view::npos ? std::string_view{} : line.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  take_field(name, value);
}

void event_stream_reader::take_field(std::string_view name, std::string_view value) {
  if (name == "data") {
    if (std::exchange(has_data_, true)) event_.data += '\n';
    event_.data.append(value);
  } else if (name == "event") {
    event_.name = value.empty() ? "message" : value;
  } else if (name == "id" && value.find('\0') == std::string_view::npos) {
    event_.id = value;
  }
}

}  // namespace tonris::model
