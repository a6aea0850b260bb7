#include "model/text/secrets.hpp"

#include <openssl/crypto.h>

namespace tonris::model {

bool equal_secret(std::string_view given, std::string_view secret) noexcept {
  return !secret.empty() && given.size() == secret.size() &&
         CRYPTO_memcmp(given.data(), secret.data(), secret.size()) == 0;
}

}  // namespace tonris::model
