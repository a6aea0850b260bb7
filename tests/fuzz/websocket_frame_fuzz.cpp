#include "net/websocket_frame.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

namespace {

using namespace tonris::net;
using kind = frame_event::kind;

/// Everything the decoder says about the bytes, fed in pieces whose sizes come from `seed` (0: in one piece).
std::string transcript(std::string_view bytes, frame_decoder::expect masks, std::uint32_t seed) {
  frame_decoder decoder{masks, 1000};
  std::string out;
  while (!bytes.empty()) {
    seed = seed * 1664525U + (seed != 0 ? 1013904223U : 0U);
    const auto size = seed == 0 ? bytes.size() : std::min<std::size_t>(bytes.size(), 1 + (seed >> 24) % 40);
    std::string piece{bytes.substr(0, size)};
    bytes.remove_prefix(size);
    decoder.feed(piece);
    if (seed % 3 == 1) decoder.keep_rest();
    for (auto event = decoder.next(); event.what != kind::need_more; event = decoder.next()) {
      out += std::to_string(static_cast<int>(event.what)) + ':' + std::to_string(event.close_code) + ':';
      out.append(event.payload) += '\n';
    }
  }
  return out;
}

/// What we write, we read back: as one frame, and as the payload of each control frame that fits.
void check_round_trip(std::string_view text, const mask_key& key) {
  std::string bytes{make_frame_header(opcode::ping, std::min(text.size(), max_control_payload), key).view()};
  const auto begin = bytes.size();
  bytes += text.substr(0, max_control_payload);
  apply_mask(std::span{bytes}.subspan(begin), key);
  frame_decoder decoder{frame_decoder::expect::masked, 1000};
  decoder.feed(bytes);
  const auto event = decoder.next();
  if (event.what != kind::ping || event.payload != text.substr(0, max_control_payload)) std::abort();
  if (decoder.next().what != kind::need_more) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  for (const auto masks : {frame_decoder::expect::masked, frame_decoder::expect::unmasked}) {
    const auto whole = transcript(bytes, masks, 0);
    for (const std::uint32_t seed : {1U, 77U, 4711U})
      if (transcript(bytes, masks, seed) != whole) std::abort();
  }
  if (size >= 4) check_round_trip(bytes.substr(4), {bytes[0], bytes[1], bytes[2], bytes[3]});
  return 0;
}
