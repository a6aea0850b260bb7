#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/text/aead.hpp"
#include "model/text/key_ring.hpp"
#include "model/text/siphash.hpp"

namespace tonris::model {

/// One key each for all that SECRETS_KEY protects (HKDF-SHA-256, RFC 5869), so that none of them tells another.
struct derived_keys {
  std::string id;             ///< the name of the key they are derived from
  aead_key sealing{};         ///< of tenants' secrets (field_seal.hpp)
  aead_key api_keys{};        ///< of what is kept of API keys (api_key.hpp)
  aead_key caller_hashes{};   ///< of callers' numbers, where they stand in a name
  aead_key sticky_routing{};  ///< of which caller gets which agent
};

/// In the ring's order: the first makes what is new. Throws std::bad_alloc where there is no memory.
[[nodiscard]] std::vector<derived_keys> derive(const key_ring& ring);

/// What a gateway draws callers' agents with, so that each caller keeps his: of its first key, and where SECRETS_KEY is
/// not set, of its first token of Twilio's.
[[nodiscard]] siphash_key draw_key_of(const std::vector<derived_keys>& keys, std::string_view first_token);

}  // namespace tonris::model
