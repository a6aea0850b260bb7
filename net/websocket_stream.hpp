#pragma once

#include <memory>
#include <string>

#include "net/byte_stream.hpp"
#include "net/websocket.hpp"

namespace tonris::net {

enum class websocket_role : bool { server, client };

/// A WebSocket over a stream whose upgrade is done, and which is not read yet or paused. `early` is what had been read
/// beyond the handshake; it is delivered first, after `start`.
[[nodiscard]] std::shared_ptr<websocket> make_websocket(std::shared_ptr<byte_stream> over, websocket_role role,
                                                        const websocket_limits& limits, std::string early);

}  // namespace tonris::net
