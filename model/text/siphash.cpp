#include "model/text/siphash.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>

#include "model/text/hmac.hpp"

namespace tonris::model {

namespace {

struct sip_state {
  std::uint64_t v0, v1, v2, v3;

  void round() noexcept {
    v0 += v1;
    v2 += v3;
    v1 = std::rotl(v1, 13) ^ v0;
    v3 = std::rotl(v3, 16) ^ v2;
    v0 = std::rotl(v0, 32);
    v2 += v1;
    v0 += v3;
    v1 = std::rotl(v1, 17) ^ v2;
    v3 = std::rotl(v3, 21) ^ v0;
    v2 = std::rotl(v2, 32);
  }
  void take(std::uint64_t word) noexcept {
    v3 ^= word;
    round();
    round();
    v0 ^= word;
  }
};

template <class Bytes>
std::uint64_t little_endian(const Bytes& bytes, std::size_t at, std::size_t count) noexcept {
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < count; ++i) word |= std::uint64_t{static_cast<std::uint8_t>(bytes[at + i])} << (8 * i);
  return word;
}

}  // namespace

std::uint64_t siphash(const siphash_key& key, std::string_view text) noexcept {
  const auto k0 = little_endian(key, 0, 8), k1 = little_endian(key, 8, 8);
  sip_state state{k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d, k0 ^ 0x6c7967656e657261, k1 ^ 0x7465646279746573};
  std::size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) state.take(little_endian(text, at, 8));
  state.take(std::uint64_t{text.size()} << 56 | little_endian(text, at, text.size() - at));
  state.v2 ^= 0xff;
  for (int i = 0; i < 4; ++i) state.round();
  return state.v0 ^ state.v1 ^ state.v2 ^ state.v3;
}

siphash_key siphash_key_of(std::string_view secret) {
  constexpr std::string_view purpose = "tonris: a caller keeps his agent";
  const auto mac = hmac_sha256({reinterpret_cast<const std::uint8_t*>(secret.data()), secret.size()}, purpose);
  siphash_key key{};
  std::copy_n(mac.begin(), key.size(), key.begin());
  return key;
}

}  // namespace tonris::model
