#include "model/text/seal.hpp"

#include <algorithm>
#include <cstdint>
#include <span>

#include "model/text/base64.hpp"
#include "model/text/hmac.hpp"

namespace tonris::model {

namespace {

constexpr std::string_view purpose = "tonris: what a caller typed";  // do not change: it is part of the key

std::span<const std::uint8_t> bytes_of(std::string_view text) noexcept {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace

text_seal::text_seal(const std::vector<std::string>& secrets) {
  for (const auto& secret : secrets) keys_.push_back(hmac_sha256(bytes_of(secret), purpose));
}

/// nonce, text, tag
std::string text_seal::seal(std::string_view text, const nonce& fresh) const {
  if (keys_.empty()) return {};
  const auto sealed = aead_seal(keys_.front(), fresh, text);
  if (!sealed) return {};
  std::vector<std::uint8_t> out(fresh.begin(), fresh.end());
  out.insert(out.end(), sealed->begin(), sealed->end());
  return to_base64(out);
}

std::optional<std::string> text_seal::open(std::string_view sealed) const {
  std::vector<std::uint8_t> bytes;
  nonce before{};
  if (!append_decoded(sealed, bytes) || bytes.size() < before.size()) return std::nullopt;
  std::copy_n(bytes.begin(), before.size(), before.begin());
  for (const auto& one : keys_)
    if (auto text = aead_open(one, before, std::span{bytes}.subspan(before.size()))) return text;
  return std::nullopt;
}

}  // namespace tonris::model
