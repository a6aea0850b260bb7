#include "model/access/field_seal.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "model/text/base64.hpp"

namespace tonris::model {

namespace {

constexpr std::string_view version = "1";

/// "1.name.nonce.text", in pieces.
std::optional<std::array<std::string_view, 4>> pieces_of(std::string_view sealed) noexcept {
  std::array<std::string_view, 4> pieces;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const auto dot = sealed.find('.');
    if ((dot == std::string_view::npos) != (i + 1 == pieces.size())) return std::nullopt;
    pieces[i] = sealed.substr(0, dot);
    sealed.remove_prefix(std::min(pieces[i].size() + 1, sealed.size()));
  }
  if (pieces[0] != version || !is_key_name(pieces[1])) return std::nullopt;
  return pieces;
}

/// What the sealed text is bound to. No tenant's id has a '|'.
std::string name_of(const field_place& at) {
  return std::string{at.tenant.value}.append("|").append(at.field);
}

}  // namespace

std::string field_seal::seal(std::string_view text, const field_place& at, const aead_nonce& fresh) const {
  if (keys_.empty()) return {};
  const auto& key = keys_.front();
  const auto sealed = aead_seal(key.sealing, fresh, text, name_of(at));
  if (!sealed) return {};
  return std::string{version}.append(".").append(key.id).append(".") + to_base64url(fresh) + "." +
         to_base64url(*sealed);
}

tl::expected<std::string, field_seal::refusal> field_seal::open(std::string_view sealed, const field_place& at) const {
  const auto pieces = pieces_of(sealed);
  if (!pieces) return tl::unexpected(refusal::not_sealed);
  const auto key = std::find_if(keys_.begin(), keys_.end(), [&](const auto& one) { return one.id == (*pieces)[1]; });
  if (key == keys_.end()) return tl::unexpected(refusal::unknown_key);
  const auto nonce = from_base64url((*pieces)[2]);
  const auto bytes = from_base64url((*pieces)[3]);
  aead_nonce before{};
  if (!nonce || nonce->size() != before.size() || !bytes) return tl::unexpected(refusal::not_sealed);
  std::copy(nonce->begin(), nonce->end(), before.begin());
  auto text = aead_open(key->sealing, before, *bytes, name_of(at));
  if (!text) return tl::unexpected(refusal::not_ours);
  return *std::move(text);
}

bool field_seal::is_outdated(std::string_view sealed) const noexcept {
  return !keys_.empty() && key_name_of(sealed) != keys_.front().id;
}

std::string_view key_name_of(std::string_view sealed) noexcept {
  const auto pieces = pieces_of(sealed);
  return pieces ? (*pieces)[1] : std::string_view{};
}

}  // namespace tonris::model
