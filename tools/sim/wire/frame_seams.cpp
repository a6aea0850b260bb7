#include "tools/sim/wire/frame_seams.hpp"

#include <algorithm>

namespace tonris::sim {

std::optional<std::size_t> frame_seams::feed(std::string_view bytes) {
  std::optional<std::size_t> first;
  if (at_seam()) first = 0;
  for (std::size_t i = 0; i < bytes.size();) {
    if (payload_left_ > 0) {
      const auto taken = std::min<std::uint64_t>(payload_left_, bytes.size() - i);
      payload_left_ -= taken;
      i += static_cast<std::size_t>(taken);
    } else {
      in_frames_ ? take_header(bytes[i]) : take_handshake(bytes[i]);
      ++i;
    }
    if (!first && at_seam()) first = i;
  }
  return first;
}

void frame_seams::take_handshake(char byte) {
  constexpr std::string_view blank_line = "\r\n\r\n";
  end_seen_ = byte == blank_line[end_seen_] ? end_seen_ + 1 : byte == '\r' ? 1 : 0;
  in_frames_ = end_seen_ == blank_line.size();
}

void frame_seams::take_header(char byte) {
  header_ += byte;
  if (header_.size() < 2) return;
  const auto second = static_cast<unsigned char>(header_[1]);
  const unsigned short_length = second & 0x7F;
  const std::size_t extended = short_length == 126 ? 2 : short_length == 127 ? 8 : 0;
  if (header_.size() < 2 + extended + ((second & 0x80) != 0 ? 4U : 0U)) return;
  payload_left_ = extended == 0 ? short_length : 0;
  for (std::size_t i = 0; i < extended; ++i)
    payload_left_ = payload_left_ << 8 | static_cast<unsigned char>(header_[2 + i]);
  header_.clear();
}

}  // namespace tonris::sim
