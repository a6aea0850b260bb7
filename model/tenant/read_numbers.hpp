#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <rapidjson/document.h>

#include "model/json/fields.hpp"
#include "model/json/writer.hpp"

namespace tonris::model {

/// Phone numbers in a tenant's document, as people write them, in E.164; "" where it was a mistake.
[[nodiscard]] std::string as_e164(const std::optional<std::string>& written, const std::string& path,
                                  json_mistakes& mistakes);
[[nodiscard]] std::string read_number(const rapidjson::Value& value, const std::string& path, json_mistakes& mistakes);
[[nodiscard]] std::string required_number(json_fields& fields, std::string_view key, json_mistakes& mistakes);
/// A list, each number once.
[[nodiscard]] std::vector<std::string> read_numbers(json_fields& fields, std::string_view key, std::size_t most,
                                                    json_mistakes& mistakes);
/// A list of numbers, beginnings of numbers ("+1555*") and "withheld", each once.
[[nodiscard]] std::vector<std::string> read_callers(json_fields& fields, std::string_view key, std::size_t most,
                                                    json_mistakes& mistakes);
/// A list of beginnings ("+45"), each once.
[[nodiscard]] std::vector<std::string> read_prefixes(json_fields& fields, std::string_view key, std::size_t most,
                                                     json_mistakes& mistakes);
/// A list; nothing where it is empty.
void put_numbers(json_writer& out, std::string_view key, const std::vector<std::string>& numbers);

}  // namespace tonris::model
