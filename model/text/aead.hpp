#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tonris::model {

/// AES-256-GCM. Pure; any thread.
using aead_key = std::array<std::uint8_t, 32>;
/// Random, and good once under a key.
using aead_nonce = std::array<std::uint8_t, 12>;
inline constexpr std::size_t aead_tag_bytes = 16;

/// The sealed text with its tag behind it; nothing where it cannot be done. `bound_to` is not in it, and opening needs
/// the same.
[[nodiscard]] std::optional<std::vector<std::uint8_t>> aead_seal(const aead_key& key, const aead_nonce& nonce,
                                                                 std::string_view text, std::string_view bound_to = {});
/// Nothing: another key sealed it, it is bound to something else, or it was changed since.
[[nodiscard]] std::optional<std::string> aead_open(const aead_key& key, const aead_nonce& nonce,
                                                   std::span<const std::uint8_t> sealed,
                                                   std::string_view bound_to = {});

}  // namespace tonris::model
