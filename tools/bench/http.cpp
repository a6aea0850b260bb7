#include "tools/bench/http.hpp"

#include <algorithm>
#include <charconv>

namespace tonris::bench {
namespace {

constexpr std::size_t max_head = 16 * 1024;
constexpr std::size_t max_body = 1024 * 1024;

char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

bool same_name(std::string_view a, std::string_view b) noexcept {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trimmed(std::string_view text) noexcept {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

}  // namespace

std::optional<std::string_view> http_message::header(std::string_view name) const noexcept {
  std::string_view rest = head;
  for (;;) {
    const auto line_end = rest.find("\r\n");
    if (line_end == std::string_view::npos) return std::nullopt;
    rest.remove_prefix(line_end + 2);
    const auto line = rest.substr(0, rest.find("\r\n"));
    const auto colon = line.find(':');
    if (colon != std::string_view::npos && same_name(line.substr(0, colon), name)) {
      return trimmed(line.substr(colon + 1));
    }
  }
}

unsigned http_message::status() const noexcept {
  if (!start_line.starts_with("HTTP/1.") || start_line.size() < 12) return 0;
  unsigned code = 0;
  std::from_chars(start_line.data() + 9, start_line.data() + 12, code);
  return code;
}

void http_reader::feed(std::span<const char> bytes) {
  if (used_ > 0) {
    buffer_.erase(0, used_);
    used_ = 0;
  }
  buffer_.append(bytes.data(), bytes.size());
}

std::optional<http_message> http_reader::next() {
  if (bad_) return std::nullopt;
  const std::string_view rest = std::string_view{buffer_}.substr(used_);
  const auto end = rest.find("\r\n\r\n");
  if (end == std::string_view::npos) {
    bad_ = rest.size() > max_head;
    return std::nullopt;
  }
  http_message message;
  message.head = rest.substr(0, end + 2);
  message.start_line = message.head.substr(0, message.head.find("\r\n"));
  std::size_t length = 0;
  if (const auto text = message.header("content-length")) {
    const auto [last, error] = std::from_chars(text->data(), text->data() + text->size(), length);
    bad_ = error != std::errc{} || last != text->data() + text->size() || length > max_body;
  }
  bad_ = bad_ || message.header("transfer-encoding").has_value();
  if (bad_ || rest.size() < end + 4 + length) return std::nullopt;
  message.body = rest.substr(end + 4, length);
  used_ += end + 4 + length;
  return message;
}

std::string http_reader::take_rest() {
  std::string rest = buffer_.substr(used_);
  buffer_.clear();
  used_ = 0;
  return rest;
}

}  // namespace tonris::bench
