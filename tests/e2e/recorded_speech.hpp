#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

namespace tonris::e2e {

/// A caller who says a few sentences, waits in vain, and asks once more: for so long, or a little longer.
[[nodiscard]] std::vector<std::uint8_t> recorded_speech(std::chrono::seconds length);

}  // namespace tonris::e2e
