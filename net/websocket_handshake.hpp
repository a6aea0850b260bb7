#pragma once

#include <string>
#include <string_view>

namespace tonris::net {

/// The keys of RFC 6455's opening handshake, for both roles. Any thread.

[[nodiscard]] std::string websocket_key();                           ///< 16 random bytes, Base64
[[nodiscard]] bool is_websocket_key(std::string_view key) noexcept;  ///< Base64 of 16 bytes, nothing else
[[nodiscard]] std::string websocket_accept(std::string_view key);    ///< what the server must answer to `key`

}  // namespace tonris::net
