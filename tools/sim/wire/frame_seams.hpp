#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tonris::sim {

/// Finds the seams between WebSocket frames in bytes that begin with an HTTP handshake, for whoever puts a frame in
/// between. Either direction, masked or not. Pure.
class frame_seams {
 public:
  /// Takes the next bytes; the offset of the first seam in them (0: they begin at one), nothing when there is none.
  std::optional<std::size_t> feed(std::string_view bytes);
  /// Does everything fed so far end with a whole frame (or with the handshake)?
  [[nodiscard]] bool at_seam() const noexcept { return in_frames_ && payload_left_ == 0 && header_.empty(); }

 private:
  void take_handshake(char byte);
  void take_header(char byte);

  bool in_frames_ = false;
  std::size_t end_seen_ = 0;  ///< how much of the blank line that ends the handshake
  std::string header_;        ///< of the frame under way, as far as it has come
  std::uint64_t payload_left_ = 0;
};

}  // namespace tonris::sim
