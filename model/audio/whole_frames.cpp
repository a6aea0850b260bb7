#include "model/audio/whole_frames.hpp"

#include <span>

#include "model/text/base64.hpp"

namespace tonris::model {

void whole_frames::add(std::string_view base64, const play& to) {
  while (!base64.empty()) {
    const auto piece = base64.substr(0, piece_chars);
    base64.remove_prefix(piece.size());
    if (!append_decoded(piece, held_)) return;
    emit(held_.size() / frame_bytes * frame_bytes, to);
  }
}

void whole_frames::flush(const play& to) {
  emit(held_.size(), to);
}

void whole_frames::emit(std::size_t bytes, const play& to) {
  if (bytes == 0) return;
  text_.clear();
  append_base64(std::span(held_).first(bytes), text_);
  held_.erase(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(bytes));
  to(text_, bytes);
}

}  // namespace tonris::model
