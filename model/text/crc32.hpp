#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace tonris::model {

/// The CRC-32 of zlib and PNG: tells a typing error, protects from nobody.
[[nodiscard]] constexpr std::uint32_t crc32(std::string_view text) noexcept {
  constexpr auto table = [] {
    std::array<std::uint32_t, 256> made{};
    for (std::uint32_t i = 0; i < made.size(); ++i) {
      made[i] = i;
      for (int bit = 0; bit < 8; ++bit) made[i] = made[i] >> 1U ^ ((made[i] & 1U) != 0 ? 0xEDB88320U : 0U);
    }
    return made;
  }();
  std::uint32_t sum = 0xFFFFFFFFU;
  for (const char c : text) sum = sum >> 8U ^ table[(sum ^ static_cast<unsigned char>(c)) & 0xFFU];
  return ~sum;
}

}  // namespace tonris::model
