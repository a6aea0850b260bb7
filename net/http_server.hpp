#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "net/descriptor_budget.hpp"
#include "net/error.hpp"
#include "net/http.hpp"
#include "net/http_responder.hpp"
#include "net/listening_socket.hpp"
#include "net/loop.hpp"
#include "net/tls.hpp"

namespace tonris::net {

struct http_server_limits {
  std::size_t max_header_bytes = 16 * 1024;  ///< 431 beyond
  std::size_t max_body_bytes = 128 * 1024;   ///< where there is no `body_plan`: 413 beyond, before the body is read
  /// Asked with each head (its `body` is empty); on the loop, not long. Null: max_body_bytes, whole.
  std::function<http_body_plan(const http_request& head)> body_plan;
  /// Told of what is refused with 413 before a handler has it. On the loop, not long. Null: nobody is.
  std::function<void(const http_request& head)> on_oversize;
  /// From a request's first byte to its last, and for each 64 KiB of a body that streams in: 408 and close beyond.
  std::chrono::milliseconds read{10'000};
  std::chrono::milliseconds first_byte{5'000};   ///< of a new connection, behind TLS: closed beyond
  std::chrono::milliseconds keep_alive{75'000};  ///< idle between requests: closed beyond
  std::chrono::milliseconds write{10'000};       ///< for each 64 KiB of a response the peer does not take: cut off
  std::chrono::milliseconds tls_handshake{5'000};
  /// Of one loop, WebSockets included. Beyond, whoever has been idle longest is given up, and where all are being
  /// served the new one is closed at once.
  std::size_t max_connections = 20'000;
  std::shared_ptr<descriptor_budget> descriptors;  ///< used up: the same; null: as many as there are
};

struct http_server_stats {  ///< since start, over all connections of this server; read from any thread
  std::uint64_t accepted = 0, refused_connections = 0, given_up = 0, open = 0, requests = 0, bad_requests = 0,
                timeouts = 0, oversize = 0, tls_failures = 0,
                failed_accepts = 0;  ///< accept(2) failed: no descriptor left, say
};

/// HTTP/1.1 server: keep-alive, pipelining (requests of one connection are answered one after the other, in order),
/// chunked and plain bodies, `Expect: 100-continue`. One a loop: a connection lives on one loop for life. Several share
/// a door: the first one's is theirs too (deal_to). The handler is called on the loop's thread.
class http_server {
 public:
  using handler = std::function<void(http_request, http_responder)>;

  /// Accepts from `start` on. `tls` null: plain.
  [[nodiscard]] static std::unique_ptr<http_server> on_socket(loop& on, listening_socket door,
                                                              const http_server_limits& limits,
                                                              std::shared_ptr<tls_server_context> tls, handler handle);
  /// Binds and listens at once (port 0: any free one, see `port`); accepts from `start` on. `tls` null: plain.
  static result<std::unique_ptr<http_server>> listen(loop& on, const std::string& host, std::uint16_t port,
                                                     const http_server_limits& limits,
                                                     std::shared_ptr<tls_server_context> tls, handler handle);
  /// Without a door: serves what it is dealt.
  [[nodiscard]] static std::unique_ptr<http_server> without_door(loop& on, const http_server_limits& limits,
                                                                 std::shared_ptr<tls_server_context> tls,
                                                                 handler handle);

  virtual ~http_server() = default;  ///< loop stopped, or on the loop's thread; cuts every HTTP connection
  virtual void add_door(listening_socket door) = 0;  ///< beside the one it has, if any; before `start`
  /// Deals the connections of this server's doors to `others` as well: to whoever has the fewest. Before `start`.
  virtual void deal_to(const std::vector<http_server*>& others) = 0;
  virtual void start() = 0;  ///< any thread
  /// Any thread. No further connection, and no further request on one that had its answer: it is closed. WebSockets go
  /// on.
  virtual void stop_accepting() = 0;
  virtual void close_connections() = 0;  ///< any thread; cuts every HTTP connection (not WebSockets)
  [[nodiscard]] virtual std::uint16_t port() const noexcept = 0;  ///< of the first door; 0 without one
  [[nodiscard]] virtual http_server_stats stats() const noexcept = 0;
};

}  // namespace tonris::net
