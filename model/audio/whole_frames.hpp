#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace tonris::model {

/// Audio to the caller in whole frames of 20 ms: what is left over of a chunk stands before the next one. An agent's
/// chunk that is whole passes as it came, text for text; only odd ones are decoded. Holds less than a frame.
class whole_frames {
 public:
  static constexpr std::size_t frame_bytes = 160;
  /// A message's audio at most: whole frames that are whole groups of Base64 as well.
  static constexpr std::size_t piece_bytes = 7'680;
  static constexpr std::size_t piece_chars = piece_bytes / 3 * 4;
  static_assert(piece_bytes % frame_bytes == 0 && piece_bytes % 3 == 0);

  using play = std::function<void(std::string_view base64, std::size_t bytes)>;

  [[nodiscard]] bool passes(std::size_t chunk_bytes) const noexcept {
    return held_.empty() && chunk_bytes % frame_bytes == 0;
  }
  /// Plays what makes whole frames, in pieces of piece_bytes at most, and holds the rest. From the first piece on that
  /// is no Base64 the chunk is left out.
  void add(std::string_view base64, const play& to);
  void flush(const play& to);  ///< plays the rest, less than a frame
  void forget() noexcept { held_.clear(); }
  [[nodiscard]] bool empty() const noexcept { return held_.empty(); }

 private:
  void emit(std::size_t bytes, const play& to);

  std::vector<std::uint8_t> held_;
  std::string text_;
};

}  // namespace tonris::model
