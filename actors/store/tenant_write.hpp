#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/store/tenant_rows.hpp"
#include "model/access/field_seal.hpp"
#include "model/tenant/tenant.hpp"

namespace tonris::actors {

/// The numbers that lead to a tenant, in their meeting forms; each once.
[[nodiscard]] std::vector<std::string> called_numbers(const model::tenant& t);

/// How a tenant is written down, his secrets sealed. The same tenant again is the same request.
[[nodiscard]] tenant_write write_of(const model::tenant& t, std::string_view want);

/// Tenants whose secrets are sealed anew, each to be written only where it is still as it was read.
struct sealed_anew {
  std::vector<tenant_write> writes;
  std::vector<std::string> missing;  ///< what no key opens: "tenant a: twilio.authTokens (sealed with k1)"
};
/// Of those of a page whose secrets another key than the first has sealed. `fresh` is random, and good once.
[[nodiscard]] sealed_anew seal_anew(const tenant_page& page, const model::field_seal& with,
                                    const std::function<model::aead_nonce()>& fresh);

/// Of a change, from whatever tells it from all others.
[[nodiscard]] std::string request_id(std::string_view of);

}  // namespace tonris::actors
