#pragma once

#include <cstdint>

namespace tonris::config {

enum class log_level : std::uint8_t { debug, info, warn, error };
enum class log_format : std::uint8_t { text, json };

}  // namespace tonris::config
