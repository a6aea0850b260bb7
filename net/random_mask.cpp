#include "net/random_mask.hpp"

#include <openssl/rand.h>

#include <cstdlib>
#include <cstring>

namespace tonris::net {
namespace {

struct block {
  std::array<unsigned char, 1024> bytes;
  std::size_t used = sizeof bytes;
};

}  // namespace

mask_key random_mask() noexcept {
  thread_local block pool;
  if (pool.used == pool.bytes.size()) {
    // Without a generator there is no TLS either: nothing this process does could be trusted.
    if (RAND_bytes(pool.bytes.data(), static_cast<int>(pool.bytes.size())) != 1) std::abort();
    pool.used = 0;
  }
  mask_key key;
  std::memcpy(key.data(), pool.bytes.data() + pool.used, key.size());
  pool.used += key.size();
  return key;
}

}  // namespace tonris::net
