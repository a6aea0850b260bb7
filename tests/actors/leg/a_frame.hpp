#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/text/base64.hpp"

namespace tonris::actors::test {

/// 20 ms of audio: "VVVV…".
inline const std::string a_frame = model::to_base64(std::vector<std::uint8_t>(160, std::uint8_t{0x55}));

}  // namespace tonris::actors::test
