#pragma once

#include <string_view>

namespace tonris::model {

/// config/called_zones.json as it was when the program was built.
extern const std::string_view called_zones_json;

}  // namespace tonris::model
