#include "model/text/hmac.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/params.h>

#include <cstddef>
#include <new>

namespace tonris::model {
namespace {

struct free_mac {
  void operator()(EVP_MAC* mac) const noexcept { EVP_MAC_free(mac); }
};

const unsigned char* octets(std::string_view text) noexcept {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

sha256_bytes hmac_sha256(std::span<const std::uint8_t> key, std::string_view text) {
  sha256_bytes out{};
  unsigned size = 0;
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), octets(text), text.size(), out.data(), &size) ==
      nullptr)
    throw std::bad_alloc();
  return out;
}

void running_hmac_sha256::free_context::operator()(evp_mac_ctx_st* context) const noexcept {
  EVP_MAC_CTX_free(context);
}

running_hmac_sha256::running_hmac_sha256(std::string_view key) {
  static const std::unique_ptr<EVP_MAC, free_mac> algorithm(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
  if (algorithm) context_.reset(EVP_MAC_CTX_new(algorithm.get()));
  std::array<char, 7> digest_name{"SHA256"};
  const std::array<OSSL_PARAM, 2> parameters{
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest_name.data(), 0), OSSL_PARAM_construct_end()};
  const std::string_view given = key.empty() ? std::string_view{""} : key;  // a null key would mean: the old one
  if (!context_ || EVP_MAC_init(context_.get(), octets(given), given.size(), parameters.data()) != 1)
    throw std::bad_alloc();
}

void running_hmac_sha256::update(std::string_view piece) {
  if (EVP_MAC_update(context_.get(), octets(piece), piece.size()) != 1) throw std::bad_alloc();
}

sha256_bytes running_hmac_sha256::finish() {
  sha256_bytes digest{};
  std::size_t length = 0;
  if (EVP_MAC_final(context_.get(), digest.data(), &length, digest.size()) != 1 || length != digest.size())
    throw std::bad_alloc();
  return digest;
}

}  // namespace tonris::model
