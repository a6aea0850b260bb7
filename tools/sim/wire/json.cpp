#include "tools/sim/wire/json.hpp"

#include <algorithm>
#include <set>

namespace tonris::sim {

bool parse_object(std::string_view text, rapidjson::Document& out, std::size_t max_bytes) {
  if (text.size() > max_bytes) return false;
  out.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(text.data(), text.size());
  return !out.HasParseError() && out.IsObject();
}

const rapidjson::Value* find(const rapidjson::Value& object, std::string_view key) noexcept {
  if (!object.IsObject()) return nullptr;
  for (const auto& member : object.GetObject())
    if (text_of(member.name) == key) return &member.value;
  return nullptr;
}

const rapidjson::Value* find_object(const rapidjson::Value& object, std::string_view key) noexcept {
  const auto* value = find(object, key);
  return value != nullptr && value->IsObject() ? value : nullptr;
}

std::optional<std::string_view> find_string(const rapidjson::Value& object, std::string_view key) noexcept {
  const auto* value = find(object, key);
  if (value == nullptr || !value->IsString()) return std::nullopt;
  return text_of(*value);
}

std::optional<std::int64_t> find_int(const rapidjson::Value& object, std::string_view key) noexcept {
  const auto* value = find(object, key);
  if (value == nullptr || !value->IsInt64()) return std::nullopt;
  return value->GetInt64();
}

std::optional<double> find_number(const rapidjson::Value& object, std::string_view key) noexcept {
  const auto* value = find(object, key);
  if (value == nullptr || !value->IsNumber()) return std::nullopt;
  return value->GetDouble();
}

std::optional<bool> find_bool(const rapidjson::Value& object, std::string_view key) noexcept {
  const auto* value = find(object, key);
  if (value == nullptr || !value->IsBool()) return std::nullopt;
  return value->GetBool();
}

std::string_view text_of(const rapidjson::Value& string) noexcept {
  return {string.GetString(), string.GetStringLength()};
}

std::string key_fault(const rapidjson::Value& object, std::initializer_list<std::string_view> needed,
                      std::initializer_list<std::string_view> allowed) {
  std::set<std::string_view> seen;
  for (const auto& member : object.GetObject()) {
    const auto name = text_of(member.name);
    if (!seen.insert(name).second) return "key \"" + std::string{name.substr(0, 60)} + "\" comes twice";
    const bool known =
        std::ranges::find(needed, name) != needed.end() || std::ranges::find(allowed, name) != allowed.end();
    if (!known) return "extra key \"" + std::string{name.substr(0, 60)} + "\"";
  }
  for (const auto name : needed)
    if (!seen.contains(name)) return "missing key \"" + std::string{name} + "\"";
  return {};
}

void append_quoted(std::string_view text, std::string& out) {
  constexpr std::string_view digits = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20) {
      out += "\\u00";
      out += digits[byte >> 4U];
      out += digits[byte & 15U];
    } else {
      out += c;
    }
  }
  out += '"';
}

std::string quoted(std::string_view text) {
  std::string out;
  append_quoted(text, out);
  return out;
}

}  // namespace tonris::sim
