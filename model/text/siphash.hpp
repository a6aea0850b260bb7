#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace tonris::model {

/// SipHash-2-4 (Aumasson and Bernstein): 64 bits that nobody can foretell who has not the key.
using siphash_key = std::array<std::uint8_t, 16>;
[[nodiscard]] std::uint64_t siphash(const siphash_key& key, std::string_view text) noexcept;

/// A key made of a secret that has other uses as well; it tells nothing of the secret.
[[nodiscard]] siphash_key siphash_key_of(std::string_view secret);

}  // namespace tonris::model
