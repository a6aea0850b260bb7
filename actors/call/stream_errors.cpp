#include "actors/call/stream_errors.hpp"

#include <algorithm>
#include <cstddef>

#include "actors/call/timeline_note.hpp"

namespace tonris::actors {

namespace {

constexpr std::size_t most = 16;  // streams; a call has a few

}  // namespace

bool stream_errors::are_news(const model::twilio::stream_status& told) {
  if (told.event != model::twilio::stream_event::error) return false;
  if (std::find(told_.begin(), told_.end(), told.stream) != told_.end() || told_.size() == most) return false;
  told_.push_back(told.stream);
  return true;
}

std::string words_of_stream_error(const model::twilio::stream_status& told) {
  return words("Twilio reports an error", told.error_text);
}

}  // namespace tonris::actors
