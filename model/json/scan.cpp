#include "model/json/scan.hpp"

#include <bit>
#include <charconv>
#include <cstring>

#include "model/text/base64.hpp"
#include "model/text/utf8.hpp"

namespace tonris::model {

namespace {

/// RapidJSON refuses numbers beyond a double's range; shorter ones than these cannot reach it.
constexpr std::size_t max_number_digits = 20;
constexpr std::size_t max_exponent_digits = 2;

constexpr std::uint64_t every_byte = 0x0101'0101'0101'0101;
constexpr std::uint64_t high_bits = every_byte * 0x80;

constexpr std::uint64_t zero_bytes(std::uint64_t word) noexcept {
  return (word - every_byte) & ~word & high_bits;
}

/// Marks, exactly up to the first one, the bytes that end a run of ordinary string characters: quote, backslash,
/// control, beyond ASCII.
constexpr std::uint64_t special_bytes(std::uint64_t word) noexcept {
  return zero_bytes(word ^ (every_byte * '"')) | zero_bytes(word ^ (every_byte * '\\')) |
         ((word - every_byte * 0x20) & ~word & high_bits) | (word & high_bits);
}

constexpr bool is_special(char c) noexcept {
  const auto byte = static_cast<unsigned char>(c);
  return byte == '"' || byte == '\\' || byte < 0x20 || byte >= 0x80;
}

/// The first byte of [from, end) that is special, or end.
const char* find_special(const char* from, const char* end) noexcept {
  if constexpr (std::endian::native == std::endian::little) {
    for (; end - from >= 8; from += 8) {
      std::uint64_t word;
      std::memcpy(&word, from, sizeof word);
      if (const auto found = special_bytes(word)) return from + std::countr_zero(found) / 8;
    }
  }
  while (from != end && !is_special(*from)) ++from;
  return from;
}

}  // namespace

std::optional<std::string_view> json_scan::plain_string() noexcept {
  if (!take('"')) return std::nullopt;
  const char* const begin = next_;
  next_ = find_special(begin, end_);
  if (next_ == end_ || *next_ != '"') return std::nullopt;
  return std::string_view(begin, static_cast<std::size_t>(next_++ - begin));
}

std::optional<std::string_view> json_scan::base64_string() noexcept {
  if (!take('"') || next_ == end_) return std::nullopt;
  const void* const quote = std::memchr(next_, '"', static_cast<std::size_t>(end_ - next_));
  if (quote == nullptr) return std::nullopt;
  const std::string_view text(next_, static_cast<std::size_t>(static_cast<const char*>(quote) - next_));
  if (!is_base64(text)) return std::nullopt;
  next_ += text.size() + 1;
  return text;
}

std::optional<std::uint64_t> json_scan::whole_number() noexcept {
  skip_space();
  const char* const begin = next_;
  const auto digits = skip_digits();
  if (digits == 0 || (digits > 1 && *begin == '0')) return std::nullopt;
  if (next_ != end_ && (*next_ == '.' || *next_ == 'e' || *next_ == 'E')) return std::nullopt;
  std::uint64_t value = 0;
  if (std::from_chars(begin, next_, value).ec != std::errc{}) return std::nullopt;
  return value;
}

bool json_scan::skip_value(int depth) noexcept {
  switch (peek()) {
    case '"': return skip_string();
    case '{': return depth > 0 && skip_object(depth - 1);
    case '[': return depth > 0 && skip_list(depth - 1);
    case 't': return skip_word("true");
    case 'f': return skip_word("false");
    case 'n': return skip_word("null");
    default: return skip_number();
  }
}

bool json_scan::skip_object(int depth) noexcept {
  if (!take('{')) return false;
  if (take('}')) return true;
  do {
    if (peek() != '"' || !skip_string() || !take(':') || !skip_value(depth)) return false;
  } while (take(','));
  return take('}');
}

bool json_scan::skip_list(int depth) noexcept {
  if (!take('[')) return false;
  if (take(']')) return true;
  do {
    if (!skip_value(depth)) return false;
  } while (take(','));
  return take(']');
}

bool json_scan::skip_string() noexcept {
  ++next_;
  for (;;) {
    next_ = find_special(next_, end_);
    if (next_ == end_) return false;
    if (*next_ == '"') {
      ++next_;
      return true;
    }
    if (*next_ == '\\') {
      if (!skip_escape()) return false;
      continue;
    }
    const auto length = utf8_length(std::string_view(next_, static_cast<std::size_t>(end_ - next_)));
    if (length < 2) return false;
    next_ += length;
  }
}

bool json_scan::skip_escape() noexcept {
  if (end_ - next_ < 2) return false;
  const char kind = next_[1];
  next_ += 2;
  if (kind != 'u') return std::string_view("\"\\/bfnrt").find(kind) != std::string_view::npos;
  const auto unit = code_unit();
  if (!unit) return false;
  if (*unit < 0xD800 || *unit > 0xDFFF) return true;
  if (*unit > 0xDBFF || end_ - next_ < 2 || next_[0] != '\\' || next_[1] != 'u') return false;
  next_ += 2;
  const auto low = code_unit();
  return low && *low >= 0xDC00 && *low <= 0xDFFF;
}

std::optional<unsigned> json_scan::code_unit() noexcept {
  unsigned unit = 0;
  if (end_ - next_ < 4) return std::nullopt;
  const auto [stop, error] = std::from_chars(next_, next_ + 4, unit, 16);
  if (error != std::errc{} || stop != next_ + 4) return std::nullopt;
  next_ = stop;
  return unit;
}

bool json_scan::skip_number() noexcept {
  if (next_ != end_ && *next_ == '-') ++next_;
  const char* const begin = next_;
  const auto digits = skip_digits();
  if (digits == 0 || digits > max_number_digits || (digits > 1 && *begin == '0')) return false;
  if (next_ != end_ && *next_ == '.') {
    ++next_;
    const auto fraction = skip_digits();
    if (fraction == 0 || fraction > max_number_digits) return false;
  }
  if (next_ == end_ || (*next_ != 'e' && *next_ != 'E')) return true;
  ++next_;
  if (next_ != end_ && (*next_ == '+' || *next_ == '-')) ++next_;
  const auto exponent = skip_digits();
  return exponent > 0 && exponent <= max_exponent_digits;
}

std::size_t json_scan::skip_digits() noexcept {
  const char* const begin = next_;
  while (next_ != end_ && *next_ >= '0' && *next_ <= '9') ++next_;
  return static_cast<std::size_t>(next_ - begin);
}

bool json_scan::skip_word(std::string_view word) noexcept {
  if (!std::string_view(next_, static_cast<std::size_t>(end_ - next_)).starts_with(word)) return false;
  next_ += word.size();
  return true;
}

}  // namespace tonris::model
