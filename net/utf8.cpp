#include "net/utf8.hpp"

#include <cstdint>
#include <cstring>

namespace tonris::net {
namespace {

using byte = unsigned char;

/// Past the ASCII bytes that lead: JSON with Base64 in it is all ASCII, so this is where the time goes.
const byte* skip_ascii(const byte* at, const byte* end) noexcept {
  constexpr std::uint64_t high_bits = 0x8080808080808080U;
  while (end - at >= 32) {
    std::uint64_t words[4];
    std::memcpy(words, at, sizeof words);
    if (((words[0] | words[1] | words[2] | words[3]) & high_bits) != 0) break;
    at += sizeof words;
  }
  while (at != end && *at < 0x80) ++at;
  return at;
}

bool continues(byte b) noexcept {
  return (b & 0xC0) == 0x80;
}

/// How many bytes the character at `at` has, which is not ASCII; 0 when it is not one.
std::size_t sequence_length(const byte* at, std::size_t left) noexcept {
  const byte lead = at[0];
  if (lead >= 0xC2 && lead <= 0xDF) return left >= 2 && continues(at[1]) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    if (left < 3 || !continues(at[1]) || !continues(at[2])) return 0;
    if (lead == 0xE0 && at[1] < 0xA0) return 0;  // overlong
    if (lead == 0xED && at[1] > 0x9F) return 0;  // surrogate
    return 3;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    if (left < 4 || !continues(at[1]) || !continues(at[2]) || !continues(at[3])) return 0;
    if (lead == 0xF0 && at[1] < 0x90) return 0;  // overlong
    if (lead == 0xF4 && at[1] > 0x8F) return 0;  // beyond U+10FFFF
    return 4;
  }
  return 0;
}

}  // namespace

bool is_utf8(std::string_view text) noexcept {
  const auto* at = reinterpret_cast<const byte*>(text.data());
  const auto* const end = at + text.size();
  while ((at = skip_ascii(at, end)) != end) {
    const auto length = sequence_length(at, static_cast<std::size_t>(end - at));
    if (length == 0) return false;
    at += length;
  }
  return true;
}

std::string_view utf8_prefix(std::string_view text, std::size_t max_bytes) noexcept {
  if (text.size() <= max_bytes) return text;
  while (max_bytes > 0 && continues(static_cast<byte>(text[max_bytes]))) --max_bytes;
  return text.substr(0, max_bytes);
}

}  // namespace tonris::net
