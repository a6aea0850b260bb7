#pragma once

#include <string>

#include "actors/tenant/account_tokens.hpp"
#include "actors/tenant/messages.hpp"
#include "net/http.hpp"

namespace tonris::actors {

/// What Twilio's webhooks are answered with.
[[nodiscard]] net::http_response twiml_response(std::string document);
[[nodiscard]] net::http_response no_content();
[[nodiscard]] net::http_response not_now();  ///< it asks again, as our addresses want it to

/// A tenant's own account calls its tenants' numbers; others' are nobody's to it, and so is the default tenant, whose
/// number it is not.
[[nodiscard]] found_tenant as_seen_by(const token_holders& signer, const found_tenant& found);

}  // namespace tonris::actors
