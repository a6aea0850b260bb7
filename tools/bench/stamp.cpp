#include "tools/bench/stamp.hpp"

#include <cstring>

namespace tonris::bench {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint32_t magic = 0x424e4554;
constexpr std::uint8_t no_value = 0xff;

constexpr std::array<std::uint8_t, 256> values = [] {
  std::array<std::uint8_t, 256> table{};
  table.fill(no_value);
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    table[static_cast<std::uint8_t>(alphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return table;
}();

std::uint64_t mix(std::uint64_t x) noexcept {  // splitmix64
  x += 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

std::uint32_t checksum(const stamp& s) noexcept {
  std::uint64_t sum = mix((std::uint64_t{s.call} << 32) | s.sequence);
  sum = mix(sum ^ static_cast<std::uint64_t>(s.due));
  sum = mix(sum ^ static_cast<std::uint64_t>(s.sent));
  return static_cast<std::uint32_t>(mix(sum ^ static_cast<std::uint64_t>(s.way)));
}

template <class T>
void put(std::uint8_t*& at, T value) noexcept {
  std::memcpy(at, &value, sizeof value);
  at += sizeof value;
}

template <class T>
T take(const std::uint8_t*& at) noexcept {
  T value;
  std::memcpy(&value, at, sizeof value);
  at += sizeof value;
  return value;
}

void write_stamp(const stamp& s, std::span<std::uint8_t, stamp_bytes> out) noexcept {
  std::uint8_t* at = out.data();
  put(at, magic);
  put(at, s.call);
  put(at, s.sequence);
  put(at, s.due);
  put(at, s.sent);
  put(at, static_cast<std::uint8_t>(s.way));
  put(at, checksum(s));
}

std::uint8_t value_of(char c) noexcept {
  return values[static_cast<std::uint8_t>(c)];
}

}  // namespace

void encode_base64(std::span<const std::uint8_t> bytes, char* out) noexcept {
  std::size_t i = 0;
  for (; i + 3 <= bytes.size(); i += 3) {
    const std::uint32_t group = (bytes[i] << 16) | (bytes[i + 1] << 8) | bytes[i + 2];
    for (int shift = 18; shift >= 0; shift -= 6) *out++ = alphabet[(group >> shift) & 63];
  }
  const std::size_t rest = bytes.size() - i;
  if (rest == 0) return;
  const std::uint32_t group = (bytes[i] << 16) | (rest == 2 ? bytes[i + 1] << 8 : 0);
  *out++ = alphabet[(group >> 18) & 63];
  *out++ = alphabet[(group >> 12) & 63];
  *out++ = rest == 2 ? alphabet[(group >> 6) & 63] : '=';
  *out++ = '=';
}

std::optional<std::size_t> decode_base64(std::string_view text, std::span<std::uint8_t> out) noexcept {
  if (text.size() % 4 != 0) return std::nullopt;
  std::size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
  const std::size_t size = text.size() / 4 * 3 - padding;
  if (size > out.size()) return std::nullopt;
  std::size_t at = 0;
  for (std::size_t i = 0; i < text.size(); i += 4) {
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 4; ++k) {
      const bool pad = i + k >= text.size() - padding;
      const std::uint8_t value = pad ? 0 : value_of(text[i + k]);
      if (value == no_value) return std::nullopt;
      group = (group << 6) | value;
    }
    for (int shift = 16; shift >= 0 && at < size; shift -= 8) out[at++] = static_cast<std::uint8_t>(group >> shift);
  }
  return size;
}

frame_stamper::frame_stamper(std::uint32_t call, direction way) : call_(call), way_(way) {
  std::array<std::uint8_t, frame_bytes - stamp_bytes> pattern{};
  std::uint64_t state = (std::uint64_t{call} << 1) | static_cast<std::uint64_t>(way);
  for (auto& byte : pattern) byte = static_cast<std::uint8_t>(state = mix(state));
  encode_base64(pattern, text_.data() + stamp_base64);
}

std::string_view frame_stamper::frame(std::uint32_t sequence, nanos due, nanos sent) noexcept {
  std::array<std::uint8_t, stamp_bytes> head{};
  write_stamp({call_, way_, sequence, due, sent}, head);
  encode_base64(head, text_.data());
  return {text_.data(), text_.size()};
}

bool frame_stamper::pattern_matches(std::string_view text) const noexcept {
  const std::string_view ours{text_.data(), text_.size()};
  return text.size() == ours.size() && text.substr(stamp_base64) == ours.substr(stamp_base64);
}

std::optional<stamp> read_stamp(std::span<const std::uint8_t, stamp_bytes> bytes) noexcept {
  const std::uint8_t* at = bytes.data();
  if (take<std::uint32_t>(at) != magic) return std::nullopt;
  stamp s;
  s.call = take<std::uint32_t>(at);
  s.sequence = take<std::uint32_t>(at);
  s.due = take<nanos>(at);
  s.sent = take<nanos>(at);
  const auto way = take<std::uint8_t>(at);
  if (way > static_cast<std::uint8_t>(direction::to_caller)) return std::nullopt;
  s.way = static_cast<direction>(way);
  if (take<std::uint32_t>(at) != checksum(s)) return std::nullopt;
  return s;
}

std::optional<stamp> read_stamp(std::string_view base64) noexcept {
  if (base64.size() < stamp_base64) return std::nullopt;
  std::array<std::uint8_t, stamp_bytes> bytes{};
  if (decode_base64(base64.substr(0, stamp_base64), bytes) != stamp_bytes) return std::nullopt;
  return read_stamp(std::span<const std::uint8_t, stamp_bytes>{bytes});
}

}  // namespace tonris::bench
