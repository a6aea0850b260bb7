#pragma once

#include "net/websocket_frame.hpp"

namespace tonris::net {

/// A masking key that the peer cannot foresee (RFC 6455 5.3), from OpenSSL's generator, drawn in blocks. Any thread.
[[nodiscard]] mask_key random_mask() noexcept;

}  // namespace tonris::net
