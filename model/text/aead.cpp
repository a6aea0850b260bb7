#include "model/text/aead.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <memory>

namespace tonris::model {

namespace {

struct free_context {
  void operator()(EVP_CIPHER_CTX* c) const noexcept { EVP_CIPHER_CTX_free(c); }
};
using context = std::unique_ptr<EVP_CIPHER_CTX, free_context>;

/// Looked up once: each look-up by name would cost more than a short text.
const EVP_CIPHER* cipher() noexcept {
  static EVP_CIPHER* const fetched = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  return fetched;
}

const std::uint8_t* bytes_of(std::string_view text) noexcept {
  return reinterpret_cast<const std::uint8_t*>(text.data());
}

int size_of(std::string_view text) noexcept {
  return static_cast<int>(text.size());
}

}  // namespace

std::optional<std::vector<std::uint8_t>> aead_seal(const aead_key& key, const aead_nonce& nonce, std::string_view text,
                                                   std::string_view bound_to) {
  std::vector<std::uint8_t> out(text.size() + aead_tag_bytes);
  const context c{EVP_CIPHER_CTX_new()};
  int size = 0;
  const bool is_sealed =
      c && EVP_EncryptInit_ex2(c.get(), cipher(), key.data(), nonce.data(), nullptr) == 1 &&
      EVP_EncryptUpdate(c.get(), nullptr, &size, bytes_of(bound_to), size_of(bound_to)) == 1 &&
      EVP_EncryptUpdate(c.get(), out.data(), &size, bytes_of(text), size_of(text)) == 1 &&
      EVP_EncryptFinal_ex(c.get(), out.data() + text.size(), &size) == 1 &&
      EVP_CIPHER_CTX_ctrl(c.get(), EVP_CTRL_GCM_GET_TAG, aead_tag_bytes, out.data() + text.size()) == 1;
  if (!is_sealed) return std::nullopt;
  return out;
}

std::optional<std::string> aead_open(const aead_key& key, const aead_nonce& nonce, std::span<const std::uint8_t> sealed,
                                     std::string_view bound_to) {
  if (sealed.size() < aead_tag_bytes) return std::nullopt;
  const auto text = sealed.first(sealed.size() - aead_tag_bytes);
  std::array<std::uint8_t, aead_tag_bytes> tag{};
  std::ranges::copy(sealed.last(aead_tag_bytes), tag.begin());
  std::string out(text.size(), '\0');
  auto* const to = reinterpret_cast<std::uint8_t*>(out.data());
  const context c{EVP_CIPHER_CTX_new()};
  int size = 0;
  const bool is_ours = c && EVP_DecryptInit_ex2(c.get(), cipher(), key.data(), nonce.data(), nullptr) == 1 &&
                       EVP_DecryptUpdate(c.get(), nullptr, &size, bytes_of(bound_to), size_of(bound_to)) == 1 &&
                       EVP_DecryptUpdate(c.get(), to, &size, text.data(), static_cast<int>(text.size())) == 1 &&
                       EVP_CIPHER_CTX_ctrl(c.get(), EVP_CTRL_GCM_SET_TAG, aead_tag_bytes, tag.data()) == 1 &&
                       EVP_DecryptFinal_ex(c.get(), to + text.size(), &size) == 1;
  if (!is_ours) return std::nullopt;
  return out;
}

}  // namespace tonris::model
