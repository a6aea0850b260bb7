#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "net/error.hpp"

namespace tonris::net {

/// RFC 6455 frames as a pure codec: no socket, no clock, no randomness.
enum class opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

inline constexpr std::size_t max_control_payload = 125;
inline constexpr std::size_t max_frame_header = 14;

using mask_key = std::array<char, 4>;

/// XORs with the key, whose first byte belongs to the first byte here.
void apply_mask(std::span<char> bytes, const mask_key& key) noexcept;

struct frame_header {
  std::array<char, max_frame_header> bytes;
  std::size_t size = 0;
  [[nodiscard]] std::string_view view() const noexcept { return {bytes.data(), size}; }
};

/// The header of an unfragmented frame; with a key its masked bit is set and the key is part of it.
[[nodiscard]] frame_header make_frame_header(opcode what, std::size_t payload_bytes,
                                             const std::optional<mask_key>& key = std::nullopt) noexcept;

/// A close frame's payload: code and as much of the reason as fits. 1005 gives none, and a code that may not travel
/// becomes 1000.
struct close_payload {
  std::array<char, max_control_payload> bytes;
  std::size_t size = 0;
  [[nodiscard]] std::string_view view() const noexcept { return {bytes.data(), size}; }
};
[[nodiscard]] close_payload make_close_payload(std::uint16_t code, std::string_view reason) noexcept;

/// May a close frame carry this code (RFC 6455 7.4 and the IANA registry)?
[[nodiscard]] bool is_sendable_close_code(std::uint16_t code) noexcept;

/// What the decoder found next.
struct frame_event {
  enum class kind : std::uint8_t {
    need_more,  ///< all that was fed is used up
    text,       ///< a whole message in `payload`, UTF-8
    ping,       ///< `payload` is to be sent back
    pong,
    close,  ///< `close_code` (1005: none) and the reason in `payload`; nothing follows
    broken  ///< `why`, and `close_code` is what the peer is to be told; nothing follows
  };
  kind what = kind::need_more;
  std::string_view payload{};  ///< valid until the next call of the decoder
  std::uint16_t close_code = 0;
  errc why{};
};

/// Turns bytes, cut anywhere, into messages and control frames. A message that lies whole in what was fed is unmasked
/// there and given as a view into it; only a frame or message that is cut is copied, into memory that grows with what
/// has arrived (never with what was announced) and is given back after big ones.
class frame_decoder {
 public:
  enum class expect : bool { masked, unmasked };  ///< masked: we are the server

  frame_decoder(expect masks, std::size_t max_message_bytes) noexcept
      : masked_{masks == expect::masked}, max_message_bytes_{max_message_bytes} {}

  /// The bytes are used in place and stay the decoder's until `next` said need_more or `keep_rest` was called.
  void feed(std::span<char> bytes);
  [[nodiscard]] frame_event next();
  void keep_rest();  ///< copies what is not used up yet, so that the memory fed may go
  [[nodiscard]] bool has_rest() const noexcept { return !in_.empty(); }

 private:
  struct header {
    bool fin;
    opcode what;
    std::size_t size;  ///< of the header itself
    std::uint64_t payload;
  };

  [[nodiscard]] std::optional<frame_event> complete_carried();
  [[nodiscard]] std::optional<header> read_header(std::span<const char> bytes, frame_event& bad) const noexcept;
  [[nodiscard]] bool check(const header& found, frame_event& bad) const noexcept;
  [[nodiscard]] frame_event take_frame(const header& found, std::span<char> frame);
  [[nodiscard]] frame_event take_data(const header& found, std::string_view payload);
  [[nodiscard]] frame_event whole_message(std::string_view text);
  [[nodiscard]] frame_event take_close(std::string_view payload);
  [[nodiscard]] frame_event fail(const frame_event& bad);
  void drop_used();

  bool masked_;
  bool over_ = false;          // close or broken: nothing counts any more
  bool in_message_ = false;    // fragments of a text message have come, its last one has not
  bool carried_used_ = false;  // carried_ is a frame that was given out
  bool message_used_ = false;  // message_ was given out
  const std::size_t max_message_bytes_;
  std::span<char> in_;   // not used up yet
  std::string carried_;  // the beginning of a frame that was cut
  std::string message_;  // the fragments so far
  std::string kept_;     // in_'s memory after keep_rest
};

}  // namespace tonris::net
