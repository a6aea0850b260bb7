#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "net/dial.hpp"
#include "net/error.hpp"
#include "net/http.hpp"
#include "net/loop.hpp"
#include "net/tls.hpp"

namespace tonris::net {

struct http_client_limits {
  std::size_t max_response_bytes = 1024 * 1024;  ///< too_big beyond
  bool cut_long_answers = false;  ///< instead of too_big: what is beyond is not read, and the connection is cut
  std::size_t max_connections_per_host = 256;    ///< requests beyond wait their turn (their time runs)
  std::size_t max_waiting = 10'000;              ///< requests waiting for a connection; beyond: slow_peer at once
  std::chrono::milliseconds keep_alive{30'000};  ///< an idle connection is closed after this
  bool reuse_connections = true;                 ///< false: each request has one of its own, and is never sent twice
  dial_filter may_dial{};                        ///< null: any address a host has
};

/// HTTP/1.1 client with connection reuse, http and https (always verified). Names are resolved off the loop's thread.
/// A request on a reused connection that the server had already closed (nothing of an answer arrived) is tried once
/// more on a fresh one. Redirects are not followed. Loop thread only; one a loop.
class http_client {
 public:
  static std::unique_ptr<http_client> make(loop& on, std::shared_ptr<tls_client_context> tls,
                                           const http_client_limits& limits = {});
  virtual ~http_client() = default;  ///< cancels: callbacks of requests under way are called with `aborted` first

  /// `url` is absolute; request.target is ignored, Host, Content-Length and Connection are set. `timeout` covers name,
  /// connection, handshake and answer. `done` is called exactly once, on the loop, never from within `request`.
  virtual void request(const std::string& url, http_request request, std::chrono::milliseconds timeout,
                       std::function<void(result<http_response>)> done) = 0;

  /// The same for an answer that goes on (server-sent events): its body is told piece by piece, as it comes and however
  /// long it gets, and `done` has none of it. `timeout` covers all up to the first piece, and then each pause.
  virtual void stream(const std::string& url, http_request request, std::chrono::milliseconds timeout,
                      std::function<void(std::string_view)> piece, std::function<void(result<http_response>)> done) = 0;
};

}  // namespace tonris::net
