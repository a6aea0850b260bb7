#include "model/access/derived_keys.hpp"

#include <algorithm>

#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <memory>
#include <new>
#include <string_view>

namespace tonris::model {

namespace {

struct free_kdf {
  void operator()(EVP_KDF* k) const noexcept { EVP_KDF_free(k); }
  void operator()(EVP_KDF_CTX* c) const noexcept { EVP_KDF_CTX_free(c); }
};

/// Without salt: the master key is random already.
aead_key hkdf(const named_key& master, std::string_view purpose) {
  static const std::unique_ptr<EVP_KDF, free_kdf> algorithm{EVP_KDF_fetch(nullptr, "HKDF", nullptr)};
  const std::unique_ptr<EVP_KDF_CTX, free_kdf> context{EVP_KDF_CTX_new(algorithm.get())};
  // OpenSSL takes what it only reads as if it wrote it.
  auto bytes = master.bytes;
  std::string digest{"SHA256"}, info{purpose};
  const OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.data(), 0),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, bytes.data(), bytes.size()),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info.data(), info.size()),
      OSSL_PARAM_construct_end(),
  };
  aead_key out{};
  if (!context || EVP_KDF_derive(context.get(), out.data(), out.size(), parameters) != 1) throw std::bad_alloc();
  return out;
}

}  // namespace

// The purposes are part of the keys: do not change them.
std::vector<derived_keys> derive(const key_ring& ring) {
  std::vector<derived_keys> all;
  for (const auto& key : ring)
    all.push_back({key.id, hkdf(key, "tonris: sealing"), hkdf(key, "tonris: API keys"), hkdf(key, "tonris: callers"),
                   hkdf(key, "tonris: sticky routing")});
  return all;
}

siphash_key draw_key_of(const std::vector<derived_keys>& keys, std::string_view first_token) {
  if (keys.empty()) return siphash_key_of(first_token);
  siphash_key key{};
  std::copy_n(keys.front().sticky_routing.begin(), key.size(), key.begin());
  return key;
}

}  // namespace tonris::model
