#include "model/tenant/read_variables.hpp"

#include <cmath>
#include <cstdint>
#include <utility>

#include "model/tenant/rules.hpp"

namespace tonris::model {

namespace {

namespace rules = tenant_rules;

tenant::variable read_number_variable(double number, const std::string& path, json_mistakes& mistakes) {
  // A whole number that is longer has lost its last digits already.
  if (std::abs(number) >= rules::exact_numbers)
    note(mistakes, path, "must be a whole number of at most 64 bits; in quotes it may be longer");
  else if (number == std::trunc(number))
    return static_cast<std::int64_t>(number);
  return number;
}

tenant::variable read_variable(const rapidjson::Value& value, const std::string& path, json_mistakes& mistakes) {
  if (value.IsBool()) return value.GetBool();
  if (value.IsInt64()) return value.GetInt64();
  if (value.IsNumber()) return read_number_variable(value.GetDouble(), path, mistakes);
  if (value.IsString()) return read_text(value, path, rules::variable_text, mistakes).value_or(std::string{});
  note(mistakes, path, "must be a text, a number, or true or false");
  return {};
}

}  // namespace

std::map<std::string, tenant::variable> read_variables(json_fields& fields, std::string_view key, std::size_t most,
                                                       json_mistakes& mistakes) {
  std::map<std::string, tenant::variable> variables;
  const auto read = [&](std::string_view name, const rapidjson::Value& value, const std::string& path) {
    const rapidjson::Value named{rapidjson::StringRef(name.data(), static_cast<rapidjson::SizeType>(name.size()))};
    auto checked = read_text(named, path, rules::variable_name, mistakes);
    if (!checked) return;
    if (rules::is_reserved_by_vendor(name)) return note(mistakes, path, "must not begin with system__");
    if (rules::is_set_by_gateway(name)) return note(mistakes, path, "is set by the gateway for each call");
    variables.emplace(*std::move(checked), read_variable(value, path, mistakes));
  };
  fields.map(key, most, read);
  return variables;
}

}  // namespace tonris::model
