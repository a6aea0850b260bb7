#include "model/text/base64.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace tonris::model {

namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static_assert(alphabet.size() == 64);

/// The two characters of each twelve bits: half a group in one look-up.
using pair = std::array<char, 2>;
constexpr std::array<pair, 4096> pairs = [] {
  std::array<pair, 4096> table{};
  for (std::size_t i = 0; i < table.size(); ++i) table[i] = {alphabet[i >> 6], alphabet[i & 63]};
  return table;
}();

constexpr std::uint32_t wrong = 0x8000'0000;
using quarter = std::array<std::uint32_t, 256>;

/// What a character is worth at one of the four places of a group, already shifted; `wrong` outside the alphabet, so
/// that one test of the four values' union checks a whole group.
constexpr quarter make_quarter(unsigned shift) {
  quarter table{};
  table.fill(wrong);
  for (std::uint32_t i = 0; i < alphabet.size(); ++i) table[static_cast<unsigned char>(alphabet[i])] = i << shift;
  return table;
}
constexpr quarter first = make_quarter(18), second = make_quarter(12), third = make_quarter(6),
                  fourth = make_quarter(0);

constexpr std::uint32_t worth(const quarter& table, char c) noexcept {
  return table[static_cast<unsigned char>(c)];
}

/// The text without its padding; nothing when length or padding cannot be.
std::optional<std::string_view> without_padding(std::string_view text) noexcept {
  if (text.size() % 4 != 0) return std::nullopt;
  if (text.ends_with("==")) return text.substr(0, text.size() - 2);
  if (text.ends_with('=')) return text.substr(0, text.size() - 1);
  return text;
}

constexpr std::size_t bytes_of(std::size_t characters) noexcept {
  return characters / 4 * 3 + (characters % 4 == 0 ? 0 : characters % 4 - 1);
}

/// Decodes 2 or 3 characters into 1 or 2 bytes.
bool decode_tail(std::string_view tail, std::uint8_t* to) noexcept {
  const auto bits = worth(first, tail[0]) | worth(second, tail[1]) | (tail.size() == 3 ? worth(third, tail[2]) : 0U);
  to[0] = static_cast<std::uint8_t>(bits >> 16);
  if (tail.size() == 3) to[1] = static_cast<std::uint8_t>(bits >> 8);
  return (bits & wrong) == 0;
}

/// Decodes unpadded text into `to`, which has room for bytes_of(text.size()).
bool decode_into(std::string_view text, std::uint8_t* to) noexcept {
  const auto whole = text.size() / 4 * 4;
  std::uint32_t seen = 0;
  for (std::size_t i = 0; i < whole; i += 4, to += 3) {
    const auto bits =
        worth(first, text[i]) | worth(second, text[i + 1]) | worth(third, text[i + 2]) | worth(fourth, text[i + 3]);
    to[0] = static_cast<std::uint8_t>(bits >> 16);
    to[1] = static_cast<std::uint8_t>(bits >> 8);
    to[2] = static_cast<std::uint8_t>(bits);
    seen |= bits;
  }
  return (seen & wrong) == 0 && (whole == text.size() || decode_tail(text.substr(whole), to));
}

/// Comparisons only, no branch and no table: the compiler turns the loop into vector code, which matters because every
/// frame of every call passes here.
bool in_alphabet(std::string_view text) noexcept {
  std::uint8_t outside = 0;
  for (const char character : text) {
    const auto c = static_cast<std::uint8_t>(character);
    const auto no_letter = static_cast<std::uint8_t>(static_cast<std::uint8_t>((c | 0x20U) - 'a') > 25);
    const auto no_digit_or_slash = static_cast<std::uint8_t>(static_cast<std::uint8_t>(c - '/') > 10);
    const auto no_plus = static_cast<std::uint8_t>(c != '+');
    outside |= static_cast<std::uint8_t>(no_letter & no_digit_or_slash & no_plus);
  }
  return outside == 0;
}

}  // namespace

void append_base64(std::span<const std::uint8_t> bytes, std::string& out) {
  const auto before = out.size();
  out.resize(before + (bytes.size() + 2) / 3 * 4);
  char* to = out.data() + before;
  const auto whole = bytes.size() / 3 * 3;
  for (std::size_t i = 0; i < whole; i += 3, to += 4) {
    const std::uint32_t bits = bytes[i] << 16U | bytes[i + 1] << 8U | bytes[i + 2];
    std::memcpy(to, pairs[bits >> 12].data(), 2);
    std::memcpy(to + 2, pairs[bits & 4095].data(), 2);
  }
  if (whole == bytes.size()) return;
  const bool two = bytes.size() - whole == 2;
  const std::uint32_t bits = bytes[whole] << 16U | (two ? bytes[whole + 1] << 8U : 0U);
  to[0] = alphabet[bits >> 18];
  to[1] = alphabet[bits >> 12 & 63];
  to[2] = two ? alphabet[bits >> 6 & 63] : '=';
  to[3] = '=';
}

std::string to_base64(std::span<const std::uint8_t> bytes) {
  std::string text;
  append_base64(bytes, text);
  return text;
}

bool append_decoded(std::string_view base64, std::vector<std::uint8_t>& out) {
  const auto text = without_padding(base64);
  if (!text) return false;
  const auto before = out.size();
  out.resize(before + bytes_of(text->size()));
  if (decode_into(*text, out.data() + before)) return true;
  out.resize(before);
  return false;
}

std::optional<std::size_t> decoded_size(std::string_view base64) noexcept {
  const auto text = without_padding(base64);
  if (!text) return std::nullopt;
  return bytes_of(text->size());
}

bool is_base64(std::string_view text) noexcept {
  const auto characters = without_padding(text);
  return characters && in_alphabet(*characters);
}

std::string to_base64url(std::span<const std::uint8_t> bytes) {
  auto text = to_base64(bytes);
  text.erase(std::min(text.find('='), text.size()));
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  return text;
}

std::optional<std::vector<std::uint8_t>> from_base64url(std::string_view text) {
  if (text.find_first_of("+/=") != std::string_view::npos) return std::nullopt;
  std::string padded{text};
  std::replace(padded.begin(), padded.end(), '-', '+');
  std::replace(padded.begin(), padded.end(), '_', '/');
  padded.append((4 - padded.size() % 4) % 4, '=');
  std::vector<std::uint8_t> bytes;
  if (!append_decoded(padded, bytes) || to_base64url(bytes) != text) return std::nullopt;
  return bytes;
}

}  // namespace tonris::model
