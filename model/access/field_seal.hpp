#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "model/access/derived_keys.hpp"
#include "model/text/ids.hpp"

namespace tonris::model {

/// Where a secret belongs: opened as another tenant's, or as another field, it is nobody's.
struct field_place {
  const tenant_id& tenant;
  std::string_view field;  ///< "twilio.authTokens"
};

/// Seals what a store keeps of tenants' secrets: "1.<key's name>.<nonce>.<text and tag>", the last two in Base64
/// without padding. Immutable; any thread.
class field_seal {
 public:
  enum class refusal : std::uint8_t {
    not_sealed,   ///< it does not look like one
    unknown_key,  ///< SECRETS_KEY has no key of that name
    not_ours,     ///< changed since, of another place, or another key of that name
  };

  /// None: nothing is sealed, nor opened.
  explicit field_seal(std::vector<derived_keys> keys) : keys_(std::move(keys)) {}

  [[nodiscard]] bool can_seal() const noexcept { return !keys_.empty(); }
  /// With the first key. "" where it cannot be done. `fresh` is random, and good once.
  [[nodiscard]] std::string seal(std::string_view text, const field_place& at, const aead_nonce& fresh) const;
  [[nodiscard]] tl::expected<std::string, refusal> open(std::string_view sealed, const field_place& at) const;
  /// Was it sealed with another key than the first, so that it wants to be sealed anew?
  [[nodiscard]] bool is_outdated(std::string_view sealed) const noexcept;

 private:
  std::vector<derived_keys> keys_;
};

/// The name of the key it was sealed with, for whoever has to find it; "" where it is no sealed text.
[[nodiscard]] std::string_view key_name_of(std::string_view sealed) noexcept;

}  // namespace tonris::model
