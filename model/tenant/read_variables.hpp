#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "model/json/fields.hpp"
#include "model/tenant/tenant.hpp"

namespace tonris::model {

/// What an agent is told beside what it is told of every call: at most so many, each with a name that nobody else sets.
[[nodiscard]] std::map<std::string, tenant::variable> read_variables(json_fields& fields, std::string_view key,
                                                                     std::size_t most, json_mistakes& mistakes);

}  // namespace tonris::model
