#include "model/finding/call_cursor.hpp"

#include <algorithm>
#include <limits>
#include <vector>

#include "model/text/ascii.hpp"
#include "model/text/base64.hpp"
#include "model/text/crc32.hpp"
#include "model/text/hex.hpp"

namespace tonris::model {

namespace {

constexpr int bits_of_call = 20;
constexpr std::size_t digits_of_call = 5;
constexpr std::int64_t most_ms = (std::int64_t{1} << (62 - bits_of_call)) - 1;  // in 2109

// version, started, CallSid, checksum of all that
constexpr char version = 1;
constexpr std::size_t time_bytes = 8, sum_bytes = 4;
constexpr std::size_t least_bytes = 1 + time_bytes + 1 + sum_bytes;
constexpr std::size_t most_bytes = 1 + time_bytes + max_cursor_call_bytes + sum_bytes;
constexpr std::size_t most_characters = (most_bytes * 4 + 2) / 3;

void append_big_endian(std::uint64_t number, std::size_t bytes, std::string& out) {
  for (std::size_t i = bytes; i-- > 0;) out += static_cast<char>(number >> (8 * i) & 0xFFU);
}

std::uint64_t big_endian(std::string_view bytes) noexcept {
  std::uint64_t number = 0;
  for (const char c : bytes) number = number << 8U | static_cast<unsigned char>(c);
  return number;
}

bool is_call(std::string_view text) noexcept {
  return !text.empty() && text.size() <= max_cursor_call_bytes && std::all_of(text.begin(), text.end(), is_visible);
}

}  // namespace

std::int64_t least_number_at(std::int64_t started_ms) noexcept {
  return std::clamp<std::int64_t>(started_ms, 0, most_ms) << bits_of_call;
}

std::int64_t started_ms_of(std::int64_t number) noexcept {
  return number >> bits_of_call;
}

std::int64_t number_of(const call_place& place) noexcept {
  const std::string_view sid{place.call.value};
  std::int64_t digits = 0;
  for (const char c : sid.substr(sid.size() - std::min(sid.size(), digits_of_call)))
    digits = digits << 4 | hex_value(c).value_or(0);
  return least_number_at(place.started_ms) | digits;
}

bool comes_before(const call_place& a, const call_place& b) noexcept {
  const auto at_a = number_of(a), at_b = number_of(b);
  return at_a != at_b ? at_a > at_b : a.call.value > b.call.value;
}

std::string to_cursor(const call_place& last) {
  std::string bytes{version};
  append_big_endian(static_cast<std::uint64_t>(last.started_ms), time_bytes, bytes);
  bytes += last.call.value;
  append_big_endian(crc32(bytes), sum_bytes, bytes);
  const std::vector<std::uint8_t> unsigned_bytes(bytes.begin(), bytes.end());
  return to_base64url(unsigned_bytes);
}

std::optional<call_place> from_cursor(std::string_view text) {
  if (text.size() > most_characters) return std::nullopt;
  const auto decoded = from_base64url(text);
  if (!decoded || decoded->size() < least_bytes || decoded->size() > most_bytes) return std::nullopt;
  const std::string bytes(decoded->begin(), decoded->end());
  std::string_view rest{bytes};
  const auto sum = big_endian(rest.substr(rest.size() - sum_bytes));
  rest.remove_suffix(sum_bytes);
  if (rest.front() != version || crc32(rest) != sum) return std::nullopt;
  const auto started = big_endian(rest.substr(1, time_bytes));
  const auto call = rest.substr(1 + time_bytes);
  if (started > std::numeric_limits<std::int64_t>::max() || !is_call(call)) return std::nullopt;
  return call_place{static_cast<std::int64_t>(started), {std::string{call}}};
}

}  // namespace tonris::model
