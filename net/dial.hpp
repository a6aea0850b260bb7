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
#include "net/url.hpp"

namespace tonris::net {

/// An attempt to connect. Destroying it cancels: `done` is then never called.
class dial_attempt {
 public:
  virtual ~dial_attempt() = default;
};

/// May that host be called at that numeric address? Asked of each address just before it is dialled, whatever the name
/// had for one before. On the loop, quickly. Null: any.
using dial_filter = std::function<bool(const std::string& host, const std::string& address, std::uint16_t port)>;

/// Name (off the loop's thread), TCP (every address in turn, TCP_NODELAY), and for secure urls TLS with SNI and
/// verification. `done` once, on the loop, never from within this call. Loop thread only.
[[nodiscard]] std::unique_ptr<dial_attempt> dial(loop& on, std::shared_ptr<tls_client_context> tls, const url& to,
                                                 std::chrono::milliseconds connect_timeout,
                                                 std::chrono::milliseconds tls_timeout,
                                                 std::function<void(result<std::shared_ptr<byte_stream>>)> done,
                                                 dial_filter may_dial = {});

}  // namespace tonris::net
