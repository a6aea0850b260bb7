#pragma once

#include <map>
#include <string>

#include "model/json/fields.hpp"
#include "model/json/writer.hpp"
#include "model/tenant/tenant.hpp"

namespace tonris::model {

/// "tools" of a tenant's settings, by name.
[[nodiscard]] std::map<std::string, tenant::tool> read_tools(json_fields& settings, json_mistakes& mistakes);
void put_tools(json_writer& out, const std::map<std::string, tenant::tool>& tools);

}  // namespace tonris::model
