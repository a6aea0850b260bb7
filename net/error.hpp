#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

namespace tonris::net {

/// Why an operation on the network failed or a connection ended. One value a cause; callers switch over it.
enum class errc : std::uint8_t {
  resolve_failed,       ///< the host has no address
  connect_refused,      ///< nobody listens, or no route
  no_descriptors,       ///< this process, or this machine, has no descriptor left
  connect_timeout,      ///< no TCP connection in time
  tls_failed,           ///< the TLS handshake or a record was wrong
  certificate_refused,  ///< the peer's chain or host name does not verify
  handshake_refused,    ///< WebSocket upgrade answered with something other than 101; `http_status` says what
  handshake_timeout,    ///< TLS, HTTP or WebSocket handshake not finished in time
  read_timeout,         ///< no answer in time
  idle_timeout,         ///< nothing was received for the idle limit
  reset,                ///< the connection broke without a close (for WebSocket: 1006)
  closed,               ///< the peer closed in order (for WebSocket: `close_code` says with which code)
  protocol_error,       ///< the peer broke HTTP or WebSocket rules (1002)
  not_text,             ///< a binary message where only text is spoken (1003)
  bad_utf8,             ///< a text message that is not UTF-8 (1007)
  too_big,              ///< a message or body beyond the limit (1009, 413)
  slow_peer,            ///< the peer does not read: the outbound queue is full
  aborted,              ///< we ended it ourselves
  internal,             ///< an exception of ours (no memory, say) ended it: net/caught.hpp counts them
  bad_url,              ///< the address cannot be used
  address_refused,      ///< no address of the host may be called (net/dial.hpp)
};
[[nodiscard]] std::string_view to_string(errc code) noexcept;

struct error {
  errc code{};
  /// For a log line, the host first where one was asked: "api.example.com: certificate expired 2026-11-01". Never holds
  /// a secret, a path or a query.
  std::string detail;
  unsigned http_status = 0;  ///< for handshake_refused
};

/// For a line of a log: its detail, else its code.
[[nodiscard]] std::string in_words(const error& why);

template <class T>
using result = tl::expected<T, error>;

}  // namespace tonris::net
