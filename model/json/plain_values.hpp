#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>

#include "model/json/lookup.hpp"
#include "model/json/writer.hpp"

namespace tonris::model {

/// A text, a number, a flag: what a dynamic variable is. Whole numbers to the last digit.
using plain_value = std::variant<std::string, double, bool, std::int64_t>;
using plain_values = std::map<std::string, plain_value>;

/// As an object of that name; without values there is none.
void put_values(json_writer& out, std::string_view name, const plain_values& values);
/// What put_values wrote; a value of another kind is a mistake.
[[nodiscard]] plain_values read_values(field_reader& fields, std::string_view name);

}  // namespace tonris::model
