#include "model/twilio/signature.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <new>
#include <optional>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "model/text/base64.hpp"
#include "model/text/digest.hpp"

namespace tonris::model::twilio {

namespace {

constexpr std::size_t sha1_bytes = 20;
constexpr std::size_t signature_characters = 28;

struct free_mac {
  void operator()(EVP_MAC_CTX* context) const noexcept { EVP_MAC_CTX_free(context); }
};
using mac_context = std::unique_ptr<EVP_MAC_CTX, free_mac>;

/// OpenSSL looks algorithms up by name under a lock, which costs more than the hash of a short text. This context was
/// made once and is only ever copied. Running out of memory is all that can fail here.
const EVP_MAC_CTX* prototype() {
  static const mac_context made = [] {
    EVP_MAC* const mac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
    mac_context context(EVP_MAC_CTX_new(mac));
    EVP_MAC_free(mac);
    char digest[] = "SHA1";
    const std::array parameters = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                                   OSSL_PARAM_construct_end()};
    constexpr unsigned char some_key[1] = {0};
    if (!context || EVP_MAC_init(context.get(), some_key, sizeof some_key, parameters.data()) != 1)
      throw std::bad_alloc();
    return context;
  }();
  return made.get();
}

/// HMAC-SHA1 under one key, for several texts.
class hmac_sha1 {
 public:
  explicit hmac_sha1(std::string_view key) : context_(EVP_MAC_CTX_dup(prototype())) {
    const auto* const bytes = reinterpret_cast<const unsigned char*>(key.data());
    if (!context_ || EVP_MAC_init(context_.get(), bytes, key.size(), nullptr) != 1) throw std::bad_alloc();
  }

  /// Base64 of the MAC over both pieces in turn.
  [[nodiscard]] std::string operator()(std::string_view first, std::string_view second) {
    if (used_ && EVP_MAC_init(context_.get(), nullptr, 0, nullptr) != 1) throw std::bad_alloc();
    used_ = true;
    update(first);
    update(second);
    std::array<std::uint8_t, sha1_bytes> mac{};
    std::size_t length = 0;
    if (EVP_MAC_final(context_.get(), mac.data(), &length, mac.size()) != 1) throw std::bad_alloc();
    return to_base64(mac);
  }

 private:
  void update(std::string_view text) {
    EVP_MAC_update(context_.get(), reinterpret_cast<const unsigned char*>(text.data()), text.size());
  }

  mac_context context_;
  bool used_ = false;
};

/// The part of the signed text that comes from the fields: names sorted by byte, of a repeated name its distinct values
/// sorted, no separators.
std::string signed_fields(const form& fields) {
  using view_pair = std::pair<std::string_view, std::string_view>;
  std::vector<view_pair> sorted(fields.begin(), fields.end());
  std::sort(sorted.begin(), sorted.end());
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  std::string text;
  for (const auto& [name, value] : sorted) text.append(name).append(value);
  return text;
}

bool same(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

/// Which of the candidates was signed with this key?
std::optional<std::size_t> find_signed(std::string_view token, std::span<const std::string> candidates,
                                       std::string_view field_text, std::string_view given) {
  hmac_sha1 mac(token);
  for (std::size_t i = 0; i < candidates.size(); ++i)
    if (same(mac(candidates[i], field_text), given)) return i;
  return std::nullopt;
}

std::string_view query_value(std::string_view target, std::string_view name) noexcept {
  target = target.substr(0, target.find('#'));
  const auto question = target.find('?');
  auto query = question == std::string_view::npos ? std::string_view{} : target.substr(question + 1);
  while (!query.empty()) {
    const auto piece = query.substr(0, query.find('&'));
    if (piece.size() > name.size() && piece.starts_with(name) && piece[name.size()] == '=')
      return piece.substr(name.size() + 1);
    query.remove_prefix(std::min(piece.size() + 1, query.size()));
  }
  return {};
}

}  // namespace

std::string signature(std::string_view auth_token, std::string_view url, const form& fields) {
  return hmac_sha1(auth_token)(url, signed_fields(fields));
}

signature_match verify(std::span<const std::string> auth_tokens, std::span<const std::string> candidates,
                       const form& fields, std::string_view given) {
  if (given.size() != signature_characters) return {};
  const auto field_text = signed_fields(fields);
  for (std::size_t token = 0; token < auth_tokens.size(); ++token) {
    if (auth_tokens[token].empty()) continue;
    if (const auto candidate = find_signed(auth_tokens[token], candidates, field_text, given))
      return {true, token, *candidate};
  }
  return {};
}

bool body_hash_matches(std::string_view target, std::string_view body) {
  return same(query_value(target, "bodySHA256"), sha256_hex(body));
}

}  // namespace tonris::model::twilio
