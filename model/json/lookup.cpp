#include "model/json/lookup.hpp"

#include <algorithm>

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace tonris::model {
namespace {

constexpr unsigned parse_flags = rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;

/// Counts what costs memory (values) or stack (depth) before a document is made. Knows strings, nothing else: that the
/// text is JSON is the parser's to say.
bool within(std::string_view text, const json_limits& limits) noexcept {
  std::size_t values = 1;
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    switch (text[i]) {
      case '"':
        i = text.find_first_of("\"\\", i + 1);
        while (i != std::string_view::npos && text[i] == '\\') i = text.find_first_of("\"\\", i + 2);
        if (i == std::string_view::npos) return true;
        break;
      case '[':
      case '{':
        ++values;
        if (++depth > limits.depth) return false;
        break;
      case ']':
      case '}': --depth; break;
      case ',':
      case ':': ++values; break;
      default: break;
    }
    if (values > limits.values) return false;
  }
  return true;
}

std::optional<std::int64_t> whole_of(const rapidjson::Value& value) noexcept {
  if (!value.IsInt64() || value.GetInt64() < 0) return std::nullopt;
  return value.GetInt64();
}

decoded<void> parse(std::string_view text, const json_limits& limits, rapidjson::Document& document) {
  if (text.size() > limits.bytes) return tl::unexpected(codec_errc::too_long);
  // The parser takes a zero byte for the end and would not see what follows.
  if (text.find('\0') != std::string_view::npos) return tl::unexpected(codec_errc::not_json);
  if (!within(text, limits)) return tl::unexpected(codec_errc::too_many);
  document.Parse<parse_flags>(text.data(), text.size());
  if (document.HasParseError()) return tl::unexpected(codec_errc::not_json);
  return {};
}

}  // namespace

decoded<void> parse_object(std::string_view text, const json_limits& limits, rapidjson::Document& document) {
  const auto parsed = parse(text, limits, document);
  if (parsed && !document.IsObject()) return tl::unexpected(codec_errc::not_json);
  return parsed;
}

decoded<void> parse_list(std::string_view text, const json_limits& limits, rapidjson::Document& document) {
  const auto parsed = parse(text, limits, document);
  if (parsed && !document.IsArray()) return tl::unexpected(codec_errc::not_json);
  return parsed;
}

const rapidjson::Value* find_field(const rapidjson::Value& object, std::string_view name) noexcept {
  const auto members = object.GetObject();
  const auto found =
      std::find_if(members.begin(), members.end(), [&](const auto& member) { return text_of(member.name) == name; });
  if (found == members.end() || found->value.IsNull()) return nullptr;
  return &found->value;
}

std::string json_text(const rapidjson::Value& value) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer{buffer};
  value.Accept(writer);
  return {buffer.GetString(), buffer.GetSize()};
}

const rapidjson::Value* field_reader::required(std::string_view name) noexcept {
  const auto* const value = find_field(object_, name);
  if (value == nullptr) refuse(codec_errc::missing_field);
  return value;
}

std::string_view field_reader::text(std::string_view name) noexcept {
  return required(name) == nullptr ? std::string_view{} : optional_text(name);
}

std::string_view field_reader::optional_text(std::string_view name) noexcept {
  const auto* const value = find_field(object_, name);
  if (value == nullptr) return {};
  if (value->IsString()) return text_of(*value);
  refuse(codec_errc::bad_field);
  return {};
}

std::int64_t field_reader::whole(std::string_view name) noexcept {
  return required(name) == nullptr ? 0 : optional_whole(name).value_or(0);
}

std::optional<std::int64_t> field_reader::optional_whole(std::string_view name) noexcept {
  const auto* const value = find_field(object_, name);
  if (value == nullptr) return std::nullopt;
  const auto whole = whole_of(*value);
  if (!whole) refuse(codec_errc::bad_field);
  return whole;
}

std::optional<std::int64_t> field_reader::optional_integer(std::string_view name) noexcept {
  const auto* const value = find_field(object_, name);
  if (value == nullptr) return std::nullopt;
  if (value->IsInt64()) return value->GetInt64();
  refuse(codec_errc::bad_field);
  return std::nullopt;
}

double field_reader::number(std::string_view name) noexcept {
  const auto* const value = required(name);
  if (value == nullptr) return 0;
  if (value->IsNumber()) return value->GetDouble();
  refuse(codec_errc::bad_field);
  return 0;
}

bool field_reader::optional_flag(std::string_view name, bool when_absent) noexcept {
  const auto* const value = find_field(object_, name);
  if (value == nullptr) return when_absent;
  if (value->IsBool()) return value->GetBool();
  refuse(codec_errc::bad_field);
  return when_absent;
}

const rapidjson::Value* field_reader::object(std::string_view name) noexcept {
  return required(name) == nullptr ? nullptr : optional_object(name);
}

const rapidjson::Value* field_reader::optional_object(std::string_view name) noexcept {
  const auto* const value = find_field(object_, name);
  if (value == nullptr) return nullptr;
  if (value->IsObject()) return value;
  refuse(codec_errc::bad_field);
  return nullptr;
}

const rapidjson::Value* field_reader::optional_list(std::string_view name) noexcept {
  const auto* const value = find_field(object_, name);
  if (value == nullptr || value->IsArray()) return value;
  refuse(codec_errc::bad_field);
  return nullptr;
}

}  // namespace tonris::model
