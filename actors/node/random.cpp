#include "actors/node/random.hpp"

#include <random>
#include <string>
#include <utility>

#include "net/random_bytes.hpp"

namespace tonris::actors {

model::ticket random_ticket() {
  static constexpr char hex[] = "0123456789abcdef";
  unsigned char bytes[16];
  net::fill_with_random(bytes);
  std::string text;
  for (const unsigned char b : bytes) {
    text += hex[b >> 4];
    text += hex[b & 15];
  }
  return {std::move(text)};
}

model::text_seal::nonce random_nonce() {
  model::text_seal::nonce bytes{};
  net::fill_with_random(bytes);
  return bytes;
}

std::uint32_t random_bits() {
  thread_local std::minstd_rand engine{std::random_device{}()};
  return static_cast<std::uint32_t>(engine()) << 1 ^ static_cast<std::uint32_t>(engine());
}

}  // namespace tonris::actors
