#include "model/text/digest.hpp"

#include <openssl/evp.h>

#include <array>
#include <cstdint>
#include <new>

#include "model/text/hex.hpp"

namespace tonris::model {

std::string sha256_hex(std::string_view bytes) {
  constexpr std::size_t digest_bytes = 32;
  static EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  std::array<std::uint8_t, digest_bytes> digest{};
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, sha256, nullptr) != 1) throw std::bad_alloc();
  return to_hex(digest);
}

}  // namespace tonris::model
