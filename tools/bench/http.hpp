#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tonris::bench {

/// One request or answer. Views into the reader; valid until it is fed again.
struct http_message {
  std::string_view start_line;
  std::string_view head;  ///< start line and headers
  std::string_view body;
  /// The header's value without spaces around it; the name in any case. Nothing when absent.
  [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const noexcept;
  /// The status of an answer; 0 when the start line is none of an answer.
  [[nodiscard]] unsigned status() const noexcept;
};

/// Cuts a byte stream into HTTP/1.1 messages with Content-Length. Heads up to 16 KiB, bodies up to 1 MiB; a chunked
/// body is refused.
class http_reader {
 public:
  void feed(std::span<const char> bytes);
  /// The next whole message; nothing when more bytes are needed or the stream is `bad`.
  [[nodiscard]] std::optional<http_message> next();
  [[nodiscard]] bool bad() const noexcept { return bad_; }
  /// What follows the last message: the first bytes after an upgrade.
  [[nodiscard]] std::string take_rest();

 private:
  std::string buffer_;
  std::size_t used_ = 0;
  bool bad_ = false;
};

}  // namespace tonris::bench
