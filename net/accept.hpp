#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "net/byte_stream.hpp"
#include "net/error.hpp"
#include "net/loop.hpp"
#include "net/tls.hpp"

namespace tonris::net {

/// A listening socket whose connections live on its loop. `tls` null: plain; else the handshake is done (with its time
/// limit) before a stream is handed over; failed handshakes are only counted by `failed`.
class acceptor {
 public:
  struct callbacks {
    std::function<void(std::shared_ptr<byte_stream>)> accepted;  ///< on the loop
    std::function<void(const error&)> failed;                    ///< on the loop: a TLS handshake or accept(2) failed
    std::function<bool()> room;  ///< on the loop: false: the connection is closed at once
  };
  static result<std::unique_ptr<acceptor>> listen(loop& on, const std::string& host, std::uint16_t port,
                                                  bool reuse_port, std::shared_ptr<tls_server_context> tls,
                                                  std::chrono::milliseconds tls_timeout, callbacks tell);
  virtual ~acceptor() = default;  ///< loop stopped, or on the loop's thread
  virtual void start() = 0;       ///< any thread
  virtual void stop() = 0;        ///< any thread: no further connection
  [[nodiscard]] virtual std::uint16_t port() const noexcept = 0;
};

}  // namespace tonris::net
