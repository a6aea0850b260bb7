#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "net/byte_stream.hpp"
#include "net/tls.hpp"
#include "net/turns.hpp"

namespace tonris::net {

/// Called once, on the loop, never from within the call that was given it: a stream whose handshake is done and that
/// is not reading yet; or tls_failed, certificate_refused, handshake_timeout, reset, closed.
using tls_done = std::function<void(result<std::shared_ptr<byte_stream>>)>;

/// Cuts a handshake that is under way; its `tls_done` is then never called.
using tls_cancel = std::function<void()>;

/// Does the server's side of a TLS handshake on the connected, non-blocking descriptor, which it takes over. Its
/// arithmetic waits for its `steps`: whoever begins a handshake over and over pays nothing for it.
tls_cancel accept_tls(loop& on, int descriptor, const tls_server_context& tls, std::chrono::milliseconds limit,
                      std::shared_ptr<turns> steps, tls_done done);

/// Does the client's side: SNI (for names), and `host`, name or address, must be in the certificate.
[[nodiscard]] tls_cancel connect_tls(loop& on, int descriptor, const tls_client_context& tls, const std::string& host,
                                     std::chrono::milliseconds limit, tls_done done);

}  // namespace tonris::net
