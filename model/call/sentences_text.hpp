#pragma once

#include <string_view>

namespace tonris::model {

/// config/sentences.json as it was when the program was built.
extern const std::string_view sentences_json;

}  // namespace tonris::model
