#include "net/random_bytes.hpp"

#include <openssl/rand.h>

#include <stdexcept>

namespace tonris::net {

void fill_with_random(std::span<std::uint8_t> bytes) {
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
    throw std::runtime_error("no random numbers to be had");
}

}  // namespace tonris::net
