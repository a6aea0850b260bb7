#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "net/error.hpp"
#include "net/http.hpp"

namespace tonris::net {

/// HTTP/1.1 messages out of bytes, by Beast's parser behind a frame of our own: a header is handed to Beast only when
/// it is whole, so what comes out does not depend on how the bytes were cut. Pure; one object per connection and
/// direction; no input throws (unless a body's planner does), and what is kept is bounded by the limits.

struct http_parse_limits {
  std::size_t max_header_bytes = 16 * 1024;  ///< header; and a chunk's head or the trailer, each; at least 64
  std::size_t max_body_bytes = 128 * 1024;   ///< of a response; of a request where nobody plans
};

/// Requests, one after the other. A body is taken whole with its request; or, where the planner says so, piece by
/// piece: `put` stops behind the head, and goes on behind `take`.
class http_request_parser {
 public:
  using planner = std::function<http_body_plan(const http_request& head)>;

  /// `plan` is the caller's, for as long as this lives; null or empty: max_body_bytes, whole.
  explicit http_request_parser(const http_parse_limits& limits, const planner* plan = nullptr);
  ~http_request_parser();
  http_request_parser(http_request_parser&&) noexcept;

  /// Takes bytes up to the end of the request under way; says how many. All, unless `streams`, `whole` or `refused`;
  /// nothing once that is so, until `take` or `next`.
  std::size_t put(std::string_view bytes);

  [[nodiscard]] bool idle() const noexcept;     ///< nothing of a request is here
  [[nodiscard]] bool whole() const noexcept;    ///< a request is here to its end
  [[nodiscard]] bool streams() const noexcept;  ///< its head is here for `take`, and its body follows behind that

  /// The status to refuse with, 0 when nothing is wrong: 400 bad syntax or framing, 413 body and 431 header too big,
  /// 417 unknown expectation, 501 unknown transfer coding, 505 other version. The connection cannot go on after it.
  [[nodiscard]] unsigned refused() const noexcept;
  /// Of one that is refused with 413: its head, for whoever wants to say whose it was. Nothing comes behind it.
  [[nodiscard]] http_request take_refused();

  /// True once per request whose sender waits for "100 Continue" before it sends the body.
  [[nodiscard]] bool asks_to_continue() noexcept;

  [[nodiscard]] bool keep_alive() const noexcept;  ///< of the whole request: may another follow?
  [[nodiscard]] bool http_1_0() const noexcept;

  /// `peer_address` and `tls` are not set. Begins the next request; of one that streams its body, which goes on until
  /// `whole` and `next`.
  http_request take();
  [[nodiscard]] std::string take_body();  ///< what came of a body that streams since the last time
  void next();                            ///< done with a body that was streamed

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
  [[nodiscard]] bool body_is_too_long() const noexcept;       ///< it failed as that; `take` gives its whole head
  [[nodiscard]] bool keep_alive() const noexcept;             ///< of the whole response
  [[nodiscard]] std::string take_body();                      ///< what came of it since the last time
  http_response take();

 private:
  class state;
  std::unique_ptr<state> state_;
};

}  // namespace tonris::net
