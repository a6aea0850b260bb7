#pragma once

#include <string>
#include <string_view>

namespace tonris::model {

/// SHA-256 in lower-case hex, 64 digits.
[[nodiscard]] std::string sha256_hex(std::string_view bytes);

}  // namespace tonris::model
