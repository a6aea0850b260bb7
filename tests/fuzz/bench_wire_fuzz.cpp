#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "tools/bench/http.hpp"
#include "tools/bench/stamp.hpp"
#include "tools/bench/twilio_request.hpp"
#include "tools/bench/websocket.hpp"

namespace {

using namespace tonris::bench;
using messages = std::vector<std::pair<opcode, std::string>>;

/// The messages before the stream's end or its first mistake, and whether there was none.
std::pair<messages, bool> frames_of(std::string bytes, std::size_t piece) {
  frame_reader reader;
  messages seen;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    const auto part = std::span<char>{bytes}.subspan(at, std::min(piece, bytes.size() - at));
    const bool sound = reader.feed(part, [&](opcode op, std::string_view text) {
      seen.emplace_back(op, text);
      return true;
    });
    if (!sound) return {seen, false};
  }
  return {seen, true};
}

std::pair<std::vector<std::string>, bool> messages_of(const std::string& bytes, std::size_t piece) {
  http_reader reader;
  std::vector<std::string> seen;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    reader.feed(std::span{bytes}.subspan(at, std::min(piece, bytes.size() - at)));
    while (const auto message = reader.next()) seen.push_back(std::string{message->head} + std::string{message->body});
  }
  return {seen, reader.bad()};
}

void base64_can_be_said_again(const std::string& text) {
  std::vector<std::uint8_t> decoded(text.size());
  const auto count = decode_base64(text, decoded);
  if (!count) return;
  std::string again(text.size(), ' ');
  std::vector<std::uint8_t> twice(text.size());
  encode_base64(std::span{decoded}.first(*count), again.data());
  if (decode_base64(again, twice) != count || twice != decoded) std::abort();
}

}  // namespace

/// The law: what a stream says does not depend on how its bytes are cut, and Base64 that is read can be said again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 4096) return 0;  // cut to single bytes the readers take quadratic time
  const std::string bytes{reinterpret_cast<const char*>(data), size};
  const std::size_t whole = std::max<std::size_t>(size, 1);
  if (frames_of(bytes, 1) != frames_of(bytes, whole)) std::abort();
  if (messages_of(bytes, 1) != messages_of(bytes, whole)) std::abort();
  base64_can_be_said_again(bytes);
  const auto url = stream_url_in(bytes);
  if (url && url->size() > size) std::abort();
  if (stream_parameters_in(bytes).size() > 2 * size + 2) std::abort();
  return 0;
}
