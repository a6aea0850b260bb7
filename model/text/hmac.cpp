#include "model/text/hmac.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <new>

namespace tonris::model {

sha256_bytes hmac_sha256(std::span<const std::uint8_t> key, std::string_view text) {
  sha256_bytes out{};
  unsigned size = 0;
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const std::uint8_t*>(text.data()),
           text.size(), out.data(), &size) == nullptr)
    throw std::bad_alloc();
  return out;
}

}  // namespace tonris::model
