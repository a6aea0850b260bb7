#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

#include "net/error.hpp"
#include "net/http.hpp"

namespace tonris::net {

/// HTTP/1.1 messages out of bytes, by Beast's parser behind a frame of our own: a header is handed to Beast only when
/// it is whole, so what comes out does not depend on how the bytes were cut. Pure; one object per connection and
/// direction; no input throws, and what is kept is bounded by the limits.

struct http_parse_limits {
  std::size_t max_header_bytes = 16 * 1024;  ///< header; and a chunk's head or the trailer, each; at least 64
  std::size_t max_body_bytes = 128 * 1024;
};

/// Requests, one after the other.
class http_request_parser {
 public:
  explicit http_request_parser(const http_parse_limits& limits);
  ~http_request_parser();
  http_request_parser(http_request_parser&&) noexcept;

  /// Takes bytes up to the end of the request under way; says how many. All, unless `whole` or `refused`; nothing once
  /// that is so, until `take`.
  std::size_t put(std::string_view bytes);

  [[nodiscard]] bool idle() const noexcept;   ///< nothing of a request is here
  [[nodiscard]] bool whole() const noexcept;  ///< a request is here for `take`

  /// The status to refuse with, 0 when nothing is wrong: 400 bad syntax or framing, 413 body and 431 header too big,
  /// 417 unknown expectation, 501 unknown transfer coding, 505 other version. The connection cannot go on after it.
  [[nodiscard]] unsigned refused() const noexcept;

  /// True once per request whose sender waits for "100 Continue" before it sends the body.
  [[nodiscard]] bool asks_to_continue() noexcept;

  [[nodiscard]] bool keep_alive() const noexcept;  ///< of the whole request: may another follow?
  [[nodiscard]] bool http_1_0() const noexcept;
  http_request take();  ///< `peer_address` and `tls` are not set; begins the next

 private:
  class state;
  std::unique_ptr<state> state_;
};

/// The response to one request. Interim responses (1xx but 101) are passed over.
class http_response_parser {
 public:
  http_response_parser(const http_parse_limits& limits, bool to_head);
  ~http_response_parser();
  http_response_parser(http_response_parser&&) noexcept;

  std::size_t put(std::string_view bytes);  ///< as http_request_parser
  void put_end();                           ///< the peer ended the stream: completes a body without a length

  [[nodiscard]] bool begun() const noexcept;  ///< anything at all arrived
  [[nodiscard]] bool whole() const noexcept;
  [[nodiscard]] std::optional<errc> failed() const noexcept;  ///< protocol_error, too_big, reset (ended half-way)
  [[nodiscard]] bool keep_alive() const noexcept;             ///< of the whole response
  http_response take();

 private:
  class state;
  std::unique_ptr<state> state_;
};

}  // namespace tonris::net
