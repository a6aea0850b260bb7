#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

namespace tonris::model {

/// Keys by name, of which the first seals and each opens, so that they can rotate: "k2:BASE64,k1:BASE64", 32 bytes
/// each.
struct named_key {
  std::string id;  ///< letters and digits, 16 at most
  std::array<std::uint8_t, 32> bytes{};
};
using key_ring = std::vector<named_key>;
inline constexpr std::size_t max_ring_keys = 8;

/// One key at least. The mistake is the rest of "must …", and holds nothing of the text.
[[nodiscard]] tl::expected<key_ring, std::string_view> parse_key_ring(std::string_view text);

/// Is it a key's name?
[[nodiscard]] bool is_key_name(std::string_view text) noexcept;

}  // namespace tonris::model
