#pragma once

#include <cstddef>
#include <string>

namespace tonris::model {

/// So many bytes of mu-law silence as Base64 text.
[[nodiscard]] std::string ulaw_silence(std::size_t bytes);

}  // namespace tonris::model
