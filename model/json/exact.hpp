#pragma once

#include <string_view>

#include <rapidjson/document.h>

#include "model/json/lookup.hpp"
#include "model/text/codec_error.hpp"

namespace tonris::model {

/// As parse_object, but numbers are their texts: nothing of a price goes through a double. The vendors write some
/// numbers as texts anyway.
[[nodiscard]] decoded<void> parse_exact_object(std::string_view text, const json_limits& limits,
                                               rapidjson::Document& document);

}  // namespace tonris::model
