#include "actors/node/random.hpp"

#include <random>

#include "model/text/hex.hpp"
#include "net/random_bytes.hpp"

namespace tonris::actors {

model::ticket random_ticket() {
  return {random_generation()};
}

std::string random_generation() {
  std::uint8_t bytes[16];
  net::fill_with_random(bytes);
  return model::to_hex(bytes);
}

model::text_seal::nonce random_nonce() {
  model::text_seal::nonce bytes{};
  net::fill_with_random(bytes);
  return bytes;
}

model::api_key_seed random_api_key() {
  model::api_key_seed seed;
  net::fill_with_random(seed.id);
  net::fill_with_random(seed.secret);
  return seed;
}

std::uint32_t random_bits() {
  thread_local std::minstd_rand engine{std::random_device{}()};
  return static_cast<std::uint32_t>(engine()) << 1 ^ static_cast<std::uint32_t>(engine());
}

}  // namespace tonris::actors
