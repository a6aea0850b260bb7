#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "model/access/field_seal.hpp"
#include "model/text/ids.hpp"

namespace tonris::model {

/// One secret of a tenant's. What is shown of it is never the secret: a store gets the sealed text, whoever reads the
/// tenant that there is one.
struct tenant_secret {
  enum class form : std::uint8_t {
    none,
    plain,   ///< `text` is the secret
    sealed,  ///< `text` is what a store keeps (field_seal.hpp)
    kept,    ///< in a document that came back from its reader: as it was before
  };
  form is = form::none;
  std::string text{};

  [[nodiscard]] bool is_plain() const noexcept { return is == form::plain; }
  bool operator==(const tenant_secret&) const = default;
};

/// What a tenant entrusts to the gateway: "secrets" of its document (docs/tenants.md). Several tokens are one text,
/// with commas between them, as in TWILIO_AUTH_TOKEN.
struct tenant_secrets {
  account_sid account;                             ///< its own at Twilio; "" = the gateway's
  tenant_secret auth_tokens;                       ///< of that account
  tenant_secret api_key;                           ///< its own at ElevenLabs
  std::map<std::string, tenant_secret> tool_keys;  ///< by the tool's name
  std::map<std::string, tenant_secret> webhooks;   ///< by the webhook's name, "whsec_…" (model/text/webhook_key.hpp)
  bool operator==(const tenant_secrets&) const = default;
};
inline constexpr std::size_t max_auth_tokens = 5;

/// What a document says is to stay becomes what it was; what never was is none.
void keep_former(tenant_secrets& now, const tenant_secrets& before);

/// For whoever is shown the document: each that is there is `kept`.
void hide_secrets(tenant_secrets& secrets);

/// Does it bring a secret, which somebody has to seal?
[[nodiscard]] bool has_plain(const tenant_secrets& secrets);
/// Seals whatever is plain. False: it cannot be sealed, and nothing was changed.
[[nodiscard]] bool seal_secrets(tenant_secrets& secrets, const tenant_id& whose, const field_seal& with,
                                const std::function<aead_nonce()>& fresh);
/// Opens whatever is sealed. What cannot be opened stays sealed, counts as missing and is named:
/// "twilio.authTokens (sealed with k1)".
std::vector<std::string> open_secrets(tenant_secrets& secrets, const tenant_id& whose, const field_seal& with);

/// The tokens of the tenant's own account, where they are plain.
[[nodiscard]] std::vector<std::string> auth_tokens_of(const tenant_secrets& secrets);

}  // namespace tonris::model
