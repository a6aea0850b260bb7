#pragma once

#include <cstdint>

#include "model/text/ids.hpp"
#include "model/text/seal.hpp"

/// What must not be guessed, and what may not be the same twice. Any thread.
namespace tonris::actors {

[[nodiscard]] model::ticket random_ticket();  ///< 128 bits
[[nodiscard]] model::text_seal::nonce random_nonce();
[[nodiscard]] std::uint32_t random_bits();  ///< cheap: for the jitter of waits

}  // namespace tonris::actors
