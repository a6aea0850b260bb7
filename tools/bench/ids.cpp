#include "tools/bench/ids.hpp"

#include <charconv>

namespace tonris::bench {
namespace {

constexpr std::size_t half = 16;

void append_hex(std::string& out, std::uint64_t value) {
  for (int shift = 60; shift >= 0; shift -= 4) out += "0123456789abcdef"[(value >> shift) & 15];
}

}  // namespace

std::string sid_book::sid(std::string_view prefix, std::uint64_t index) const {
  std::string out{prefix};
  append_hex(out, salt_);
  append_hex(out, index);
  return out;
}

std::optional<std::uint64_t> sid_book::call_in(std::string_view text) const {
  std::string head = "CA";
  append_hex(head, salt_);
  const auto at = text.find(head);
  if (at == std::string_view::npos || text.size() < at + head.size() + half) return std::nullopt;
  const std::string_view digits = text.substr(at + head.size(), half);
  std::uint64_t index = 0;
  const auto [last, error] = std::from_chars(digits.data(), digits.data() + half, index, 16);
  if (error != std::errc{} || last != digits.data() + half) return std::nullopt;
  return index;
}

}  // namespace tonris::bench
