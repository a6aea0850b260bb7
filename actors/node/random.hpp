#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "model/access/api_key.hpp"
#include "model/text/ids.hpp"
#include "model/text/seal.hpp"

/// What must not be guessed, and what may not be the same twice. Any thread.
namespace tonris::actors {

[[nodiscard]] model::ticket random_ticket();    ///< 128 bits
[[nodiscard]] std::string random_generation();  ///< of a store: 128 bits in hex
[[nodiscard]] model::text_seal::nonce random_nonce();
[[nodiscard]] model::api_key_seed random_api_key();
[[nodiscard]] std::uint32_t random_bits();  ///< cheap: for the jitter of waits

}  // namespace tonris::actors
