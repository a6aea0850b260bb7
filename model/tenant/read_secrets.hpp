#pragma once

#include "model/json/fields.hpp"
#include "model/json/writer.hpp"
#include "model/tenant/secrets.hpp"

namespace tonris::model {

/// "secrets" of a tenant's document. A secret is a text (authTokens: a list of texts), {"sealed":"1.…"}, or
/// {"set":true} where it stays what it was.
[[nodiscard]] tenant_secrets read_secrets(json_fields& of_tenant, json_mistakes& mistakes);
/// The member "secrets", if there is anything in it: {"sealed":…} of what is sealed, {"set":true} of all other.
void put_secrets(json_writer& out, const tenant_secrets& secrets);

}  // namespace tonris::model
