#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "net/error.hpp"
#include "net/http.hpp"
#include "net/loop.hpp"
#include "net/tls.hpp"
#include "net/websocket.hpp"

namespace tonris::net {

/// An attempt to open a WebSocket. Destroying it before its end cancels the attempt: `done` is then never called.
class websocket_connect {
 public:
  virtual ~websocket_connect() = default;
};

/// Both times together are the limit of the whole: a handshake may also take what connecting left of its time.
struct websocket_connect_options {
  std::chrono::milliseconds connect_timeout{3'000};    ///< name and TCP, no longer
  std::chrono::milliseconds handshake_timeout{3'000};  ///< TLS and upgrade, at least
  http_fields fields;                                  ///< sent with the upgrade request, beside the protocol's own
  websocket_limits limits;
};

/// Opens `url` (ws or wss; the path and query are sent byte for byte as given). The chain and host name of wss are
/// always verified. No subprotocol, no extension. `done` is called exactly once, on the loop, never from within this
/// call, with a socket that is not reading yet. Loop thread only.
[[nodiscard]] std::unique_ptr<websocket_connect> open_websocket(
    loop& on, std::shared_ptr<tls_client_context> tls, const std::string& url, websocket_connect_options options,
    std::function<void(result<std::shared_ptr<websocket>>)> done);

}  // namespace tonris::net
