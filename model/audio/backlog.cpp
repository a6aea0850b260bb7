#include "model/audio/backlog.hpp"

#include "model/text/base64.hpp"

namespace tonris::model {

void audio_backlog::keep(std::string_view base64_payload) {
  const auto size = decoded_size(base64_payload);
  if (!size || *size == 0) return;
  if (*size > limit_) {
    ++dropped_;
    return;
  }
  while (bytes_ + *size > limit_) {
    bytes_ -= decoded_size(frames_.front()).value_or(0);
    frames_.pop_front();
    ++dropped_;
  }
  frames_.emplace_back(base64_payload);
  bytes_ += *size;
}

std::optional<std::string> audio_backlog::take() {
  if (frames_.empty()) return std::nullopt;
  std::string oldest = std::move(frames_.front());
  frames_.pop_front();
  bytes_ -= decoded_size(oldest).value_or(0);
  if (frames_.empty()) frames_ = {};
  return oldest;
}

}  // namespace tonris::model
