#pragma once

#include <cstdint>
#include <span>

namespace tonris::net {

/// Bytes that nobody can guess, from OpenSSL's generator. Any thread. Throws where there are none to be had.
void fill_with_random(std::span<std::uint8_t> bytes);

}  // namespace tonris::net
