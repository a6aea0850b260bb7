#include "model/json/plain_values.hpp"

#include <optional>
#include <utility>

namespace tonris::model {

namespace {

std::optional<plain_value> value_of(const rapidjson::Value& value) {
  if (value.IsBool()) return value.GetBool();
  if (value.IsInt64()) return value.GetInt64();
  if (value.IsNumber()) return value.GetDouble();
  if (value.IsString()) return std::string(text_of(value));
  return std::nullopt;
}

}  // namespace

void put_values(json_writer& out, std::string_view name, const plain_values& values) {
  if (values.empty()) return;
  out.open_object(name);
  for (const auto& [key, value] : values)
    std::visit([&, &under = key](const auto& plain) { out.member(under, plain); }, value);
  out.close_object();
}

plain_values read_values(field_reader& fields, std::string_view name) {
  plain_values all;
  const auto* const object = fields.optional_object(name);
  if (object == nullptr) return all;
  for (const auto& member : object->GetObject()) {
    if (auto value = value_of(member.value))
      all.emplace(text_of(member.name), *std::move(value));
    else
      fields.refuse(codec_errc::bad_field);
  }
  return all;
}

}  // namespace tonris::model
