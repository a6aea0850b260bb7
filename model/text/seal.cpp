#include "model/text/seal.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <memory>
#include <span>

#include "model/text/base64.hpp"

namespace tonris::model {

namespace {

constexpr std::string_view purpose = "tonris: what a caller typed";  // do not change: it is part of the key
constexpr std::size_t tag_bytes = 16;

struct free_context {
  void operator()(EVP_CIPHER_CTX* c) const noexcept { EVP_CIPHER_CTX_free(c); }
};
using context = std::unique_ptr<EVP_CIPHER_CTX, free_context>;

const std::uint8_t* bytes_of(std::string_view text) noexcept {
  return reinterpret_cast<const std::uint8_t*>(text.data());
}

/// nonce, text, tag
using sealed_bytes = std::span<const std::uint8_t>;

std::optional<std::string> opened(sealed_bytes sealed, const std::uint8_t* key) {
  constexpr auto before = std::tuple_size_v<text_seal::nonce>;
  const auto text = sealed.subspan(before, sealed.size() - before - tag_bytes);
  std::array<std::uint8_t, tag_bytes> tag{};
  std::ranges::copy(sealed.last(tag_bytes), tag.begin());
  std::string out(text.size(), '\0');
  const context c{EVP_CIPHER_CTX_new()};
  int size = 0, rest = 0;
  const bool is_ours =
      c && EVP_DecryptInit_ex(c.get(), EVP_aes_256_gcm(), nullptr, key, sealed.data()) == 1 &&
      EVP_DecryptUpdate(c.get(), reinterpret_cast<std::uint8_t*>(out.data()), &size, text.data(),
                        static_cast<int>(text.size())) == 1 &&
      EVP_CIPHER_CTX_ctrl(c.get(), EVP_CTRL_GCM_SET_TAG, static_cast<int>(tag.size()), tag.data()) == 1 &&
      EVP_DecryptFinal_ex(c.get(), reinterpret_cast<std::uint8_t*>(out.data()) + size, &rest) == 1;
  if (!is_ours) return std::nullopt;
  return out;
}

}  // namespace

text_seal::text_seal(const std::vector<std::string>& secrets) {
  for (const auto& secret : secrets) {
    unsigned size = 0;
    auto& made = keys_.emplace_back();
    if (HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()), bytes_of(purpose), purpose.size(),
             made.data(), &size) == nullptr)
      keys_.pop_back();
  }
}

std::string text_seal::seal(std::string_view text, const nonce& fresh) const {
  if (keys_.empty()) return {};
  std::vector<std::uint8_t> out(fresh.size() + text.size() + tag_bytes);
  std::ranges::copy(fresh, out.begin());
  auto* const body = out.data() + fresh.size();
  const context c{EVP_CIPHER_CTX_new()};
  int size = 0, rest = 0;
  const bool is_sealed =
      c && EVP_EncryptInit_ex(c.get(), EVP_aes_256_gcm(), nullptr, keys_.front().data(), fresh.data()) == 1 &&
      EVP_EncryptUpdate(c.get(), body, &size, bytes_of(text), static_cast<int>(text.size())) == 1 &&
      EVP_EncryptFinal_ex(c.get(), body + size, &rest) == 1 &&
      EVP_CIPHER_CTX_ctrl(c.get(), EVP_CTRL_GCM_GET_TAG, tag_bytes, body + text.size()) == 1;
  return is_sealed ? to_base64(out) : std::string{};
}

std::optional<std::string> text_seal::open(std::string_view sealed) const {
  std::vector<std::uint8_t> bytes;
  if (!append_decoded(sealed, bytes) || bytes.size() < std::tuple_size_v<nonce> + tag_bytes) return std::nullopt;
  for (const auto& one : keys_)
    if (auto text = opened(bytes, one.data())) return text;
  return std::nullopt;
}

}  // namespace tonris::model
