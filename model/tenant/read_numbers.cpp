#include "model/tenant/read_numbers.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "model/phone/number.hpp"
#include "model/tenant/rules.hpp"

namespace tonris::model {

namespace {

namespace rules = tenant_rules;

std::string read_caller(const rapidjson::Value& value, const std::string& path, json_mistakes& mistakes) {
  auto text = read_text(value, path, rules::caller, mistakes);
  if (!text) return {};
  if (*text == rules::withheld || rules::is_number_prefix(*text)) return *std::move(text);
  auto number = to_e164(*text);
  if (!number) note(mistakes, path, "must be " + std::string{rules::caller.must_be});
  return std::move(number).value_or(std::string{});
}

template <class Read>
std::vector<std::string> read_each_once(json_fields& fields, std::string_view key, std::size_t most, Read read_one) {
  std::vector<std::string> all;
  std::set<std::string> seen;
  fields.list(key, most, [&](const rapidjson::Value& item, const std::string& path) {
    auto one = read_one(item, path);
    if (seen.insert(one).second) all.push_back(std::move(one));
  });
  return all;
}

}  // namespace

std::string as_e164(const std::optional<std::string>& written, const std::string& path, json_mistakes& mistakes) {
  if (!written) return {};
  auto number = to_e164(*written);
  if (!number) note(mistakes, path, "must be " + std::string{rules::phone_number.must_be});
  return std::move(number).value_or(std::string{});
}

std::string read_number(const rapidjson::Value& value, const std::string& path, json_mistakes& mistakes) {
  return as_e164(read_text(value, path, rules::phone_number, mistakes), path, mistakes);
}

std::string required_number(json_fields& fields, std::string_view key, json_mistakes& mistakes) {
  const auto* value = fields.any(key);
  if (value != nullptr) return read_number(*value, fields.path_of(key), mistakes);
  fields.refuse(key, "is missing");
  return {};
}

std::vector<std::string> read_numbers(json_fields& fields, std::string_view key, std::size_t most,
                                      json_mistakes& mistakes) {
  return read_each_once(fields, key, most, [&](const rapidjson::Value& item, const std::string& path) {
    return read_number(item, path, mistakes);
  });
}

std::vector<std::string> read_callers(json_fields& fields, std::string_view key, std::size_t most,
                                      json_mistakes& mistakes) {
  return read_each_once(fields, key, most, [&](const rapidjson::Value& item, const std::string& path) {
    return read_caller(item, path, mistakes);
  });
}

std::vector<std::string> read_prefixes(json_fields& fields, std::string_view key, std::size_t most,
                                       json_mistakes& mistakes) {
  std::vector<std::string> all;
  fields.list(key, most, [&](const rapidjson::Value& item, const std::string& path) {
    auto prefix = read_text(item, path, rules::prefix, mistakes);
    if (prefix && std::find(all.begin(), all.end(), *prefix) == all.end()) all.push_back(*std::move(prefix));
  });
  return all;
}

void put_numbers(json_writer& out, std::string_view key, const std::vector<std::string>& numbers) {
  if (numbers.empty()) return;
  out.open_list(key);
  for (const auto& number : numbers) out.value(number);
  out.close_list();
}

}  // namespace tonris::model
