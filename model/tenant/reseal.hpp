#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "model/tenant/secrets.hpp"

namespace tonris::model {

/// What sealing a tenant's secrets anew with the first key came to.
struct resealed {
  std::size_t changed = 0;           ///< of them; 0: nothing is to be written
  std::vector<std::string> missing;  ///< cannot be opened, and stay as they are: "twilio.authTokens (sealed with k1)"
};
/// Those that another key than the first has sealed. `fresh` is random, and good once.
[[nodiscard]] resealed reseal_secrets(tenant_secrets& secrets, const tenant_id& whose, const field_seal& with,
                                      const std::function<aead_nonce()>& fresh);

/// The names of the keys that what is still sealed was sealed with; each once.
[[nodiscard]] std::vector<std::string> sealing_keys_of(const tenant_secrets& secrets);

}  // namespace tonris::model
