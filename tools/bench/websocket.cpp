#include "tools/bench/websocket.hpp"

#include <openssl/sha.h>

#include <array>
#include <cstring>

#include "tools/bench/stamp.hpp"

namespace tonris::bench {
namespace {

void mask_bytes(char* bytes, std::size_t size, const char* key) noexcept {
  std::uint64_t wide = 0;
  std::memcpy(&wide, key, 4);
  std::memcpy(reinterpret_cast<char*>(&wide) + 4, key, 4);
  std::size_t i = 0;
  for (; i + 8 <= size; i += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes + i, 8);
    word ^= wide;
    std::memcpy(bytes + i, &word, 8);
  }
  for (; i < size; ++i) bytes[i] = static_cast<char>(bytes[i] ^ key[i & 3]);
}

std::uint64_t big_endian(const char* bytes, std::size_t size) noexcept {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value = (value << 8) | static_cast<std::uint8_t>(bytes[i]);
  return value;
}

}  // namespace

void append_frame(std::string& out, opcode op, std::string_view payload, std::optional<std::uint32_t> mask) {
  const char mask_bit = mask ? '\x80' : '\0';
  out += static_cast<char>(0x80 | static_cast<std::uint8_t>(op));
  const std::size_t size = payload.size();
  const std::size_t length_bytes = size < 126 ? 0 : size < 65536 ? 2 : 8;
  const std::size_t short_length = length_bytes == 0 ? size : length_bytes == 2 ? 126 : 127;
  out += static_cast<char>(static_cast<char>(short_length) | mask_bit);
  for (std::size_t i = length_bytes; i-- > 0;) out += static_cast<char>(size >> (8 * i));
  if (!mask) {
    out += payload;
    return;
  }
  std::array<char, 4> key{};
  std::memcpy(key.data(), &*mask, 4);
  out.append(key.data(), key.size());
  const std::size_t from = out.size();
  out += payload;
  mask_bytes(out.data() + from, size, key.data());
}

std::string accept_key(std::string_view key) {
  std::string text{key};
  text += "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<std::uint8_t, SHA_DIGEST_LENGTH> digest{};
  SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  std::string out(28, '\0');
  encode_base64(digest, out.data());
  return out;
}

frame_reader::peek frame_reader::read_header(std::span<const char> bytes, header& into) noexcept {
  if (bytes.size() < 2) return peek::partial;
  const auto first = static_cast<std::uint8_t>(bytes[0]);
  const auto second = static_cast<std::uint8_t>(bytes[1]);
  if ((first & 0x70) != 0) return peek::broken;  // extensions were not agreed on
  into.op = static_cast<opcode>(first & 0x0f);
  into.final = (first & 0x80) != 0;
  into.masked = (second & 0x80) != 0;
  const std::size_t short_length = second & 0x7f;
  const std::size_t length_bytes = short_length < 126 ? 0 : short_length == 126 ? 2 : 8;
  into.head_size = 2 + length_bytes + (into.masked ? 4 : 0);
  if (bytes.size() < into.head_size) return peek::partial;
  const std::uint64_t size = length_bytes == 0 ? short_length : big_endian(bytes.data() + 2, length_bytes);
  if (size > max_message) return peek::broken;
  into.size = size;
  return peek::ready;
}

void frame_reader::unmask(std::span<char> payload, const char* key) noexcept {
  std::array<char, 4> copy{};
  std::memcpy(copy.data(), key, 4);
  mask_bytes(payload.data(), payload.size(), copy.data());
}

}  // namespace tonris::bench
