#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace tonris::model {

using sha256_bytes = std::array<std::uint8_t, 32>;

/// HMAC-SHA-256 (RFC 2104). Throws std::bad_alloc where there is no memory.
[[nodiscard]] sha256_bytes hmac_sha256(std::span<const std::uint8_t> key, std::string_view text);

}  // namespace tonris::model
