#include "model/json/fields.hpp"

#include <algorithm>
#include <utility>

#include <rapidjson/error/en.h>

#include "model/json/lookup.hpp"

namespace tonris::model {

namespace {

constexpr std::size_t max_depth = 32;
constexpr std::size_t max_number_length = 100, max_exponent_digits = 2;

bool has_no_controls(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\n' && c != '\t' && c != '\r') || byte == 0x7F;
  });
}

// A number for a message: whole ones without a point.
std::string shown(double number) {
  auto text = std::to_string(number);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

bool is_of_a_number(char c) noexcept {
  return (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '+' || c == 'e' || c == 'E';
}

/// What no document of ours has and a parser may fall over; the text need not be JSON. RapidJSON 1.1 converts exactly
/// by a table of powers from -348 to 340, and reads beside it where a number needs another.
std::optional<std::string> excess_in(std::string_view json) {
  std::size_t depth = 0, length = 0, exponent = 0;  // of a number: so far, its 'e' with it
  bool in_string = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    const bool of_number = !in_string && is_of_a_number(c);
    length = of_number ? length + 1 : 0;
    if (!of_number)
      exponent = 0;
    else if (c == 'e' || c == 'E')
      exponent = 1;
    else if (exponent > 0 && c >= '0' && c <= '9')
      ++exponent;
    if (exponent > 1 + max_exponent_digits)
      return "must have no number with an exponent of more than " + std::to_string(max_exponent_digits) + " digits";
    if (length > max_number_length)
      return "must have no number of more than " + std::to_string(max_number_length) + " characters";
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > max_depth) return "must nest at most " + std::to_string(max_depth) + " deep";
    } else if ((c == ']' || c == '}') && depth > 0) {
      --depth;
    }
  }
  return std::nullopt;
}

}  // namespace

void note(json_mistakes& mistakes, const std::string& path, std::string message) {
  const auto is_noted = [&](const json_mistake& m) { return m.path == path; };
  if (mistakes.size() >= max_json_mistakes || std::any_of(mistakes.begin(), mistakes.end(), is_noted)) return;
  mistakes.push_back({path, std::move(message)});
}

std::optional<std::string> read_text(const rapidjson::Value& value, const std::string& path, const text_rule& rule,
                                     json_mistakes& mistakes) {
  if (!value.IsString()) {
    note(mistakes, path, "must be a text");
    return std::nullopt;
  }
  const auto text = text_of(value);
  if (text.empty() && rule.min_bytes > 0) {
    note(mistakes, path, "must not be empty");
    return std::nullopt;
  }
  if (text.size() > rule.max_bytes) {
    note(mistakes, path, "must have at most " + std::to_string(rule.max_bytes) + " bytes");
    return std::nullopt;
  }
  if (!has_no_controls(text)) {
    note(mistakes, path, "must not contain control characters");
    return std::nullopt;
  }
  if (text.size() < rule.min_bytes || (rule.accepts != nullptr && !rule.accepts(text))) {
    note(mistakes, path, "must be " + std::string{rule.must_be});
    return std::nullopt;
  }
  return std::string{text};
}

bool parse_document(std::string_view json, std::size_t max_bytes, rapidjson::Document& document,
                    json_mistakes& mistakes) {
  if (json.size() > max_bytes) {
    note(mistakes, "", "must have at most " + std::to_string(max_bytes) + " bytes");
    return false;
  }
  if (auto excess = excess_in(json)) {
    note(mistakes, "", *std::move(excess));
    return false;
  }
  constexpr unsigned flags =
      rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag | rapidjson::kParseFullPrecisionFlag;
  document.Parse<flags>(json.data(), json.size());
  if (!document.HasParseError()) return true;
  note(mistakes, "",
       std::string{"is not JSON: "} + rapidjson::GetParseError_En(document.GetParseError()) + " (byte " +
           std::to_string(document.GetErrorOffset()) + ")");
  return false;
}

json_fields::json_fields(const rapidjson::Value& object, std::string path, json_mistakes& mistakes)
    : object_(object), path_(std::move(path)), mistakes_(mistakes) {
  if (!object_.IsObject()) {
    note(mistakes_, path_, "must be an object");
    return;
  }
  // Two values under one name: whoever wrote that will not get what he meant.
  std::set<std::string_view> names;
  for (const auto& member : object_.GetObject()) {
    if (!names.insert(text_of(member.name)).second) refuse(text_of(member.name), "is there twice");
  }
}

const rapidjson::Value* json_fields::any(std::string_view key) {
  asked_.insert(key);
  if (!object_.IsObject()) return nullptr;
  const rapidjson::Value name{rapidjson::StringRef(key.data(), static_cast<rapidjson::SizeType>(key.size()))};
  const auto found = object_.FindMember(name);
  return found == object_.MemberEnd() ? nullptr : &found->value;
}

std::optional<std::string> json_fields::text(std::string_view key, const text_rule& rule) {
  const auto* value = any(key);
  if (value == nullptr) return std::nullopt;
  return read_text(*value, path_of(key), rule, mistakes_);
}

std::string json_fields::required_text(std::string_view key, const text_rule& rule) {
  if (any(key) == nullptr) refuse(key, "is missing");
  return text(key, rule).value_or(std::string{});
}

std::optional<bool> json_fields::flag(std::string_view key) {
  const auto* value = any(key);
  if (value == nullptr) return std::nullopt;
  if (value->IsBool()) return value->GetBool();
  refuse(key, "must be true or false");
  return std::nullopt;
}

std::optional<std::uint32_t> json_fields::whole(std::string_view key, std::uint32_t least, std::uint32_t most) {
  const auto* value = any(key);
  if (value == nullptr) return std::nullopt;
  if (value->IsUint() && value->GetUint() >= least && value->GetUint() <= most) return value->GetUint();
  refuse(key, "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  return std::nullopt;
}

std::optional<double> json_fields::number(std::string_view key, double least, double most) {
  const auto* value = any(key);
  if (value == nullptr) return std::nullopt;
  if (value->IsNumber() && value->GetDouble() >= least && value->GetDouble() <= most) return value->GetDouble();
  refuse(key, "must be a number from " + shown(least) + " to " + shown(most));
  return std::nullopt;
}

bool json_fields::object(std::string_view key, const visit_fields& read) {
  const auto* value = any(key);
  if (value == nullptr) return false;
  json_fields fields{*value, path_of(key), mistakes_};
  read(fields);
  fields.refuse_unknown();
  return true;
}

void json_fields::list(std::string_view key, std::size_t most, const visit_value& read) {
  const auto* value = any(key);
  if (value == nullptr) return;
  if (!value->IsArray()) return refuse(key, "must be a list");
  if (value->Size() > most) return refuse(key, "must have at most " + std::to_string(most) + " items");
  const auto path = path_of(key);
  for (rapidjson::SizeType i = 0; i < value->Size(); ++i) read((*value)[i], path + "[" + std::to_string(i) + "]");
}

void json_fields::map(std::string_view key, std::size_t most, const visit_member& read) {
  const auto* value = any(key);
  if (value == nullptr) return;
  const json_fields members{*value, path_of(key), mistakes_};
  if (!value->IsObject()) return;
  if (value->MemberCount() > most) return refuse(key, "must have at most " + std::to_string(most) + " entries");
  for (const auto& member : value->GetObject()) {
    const auto name = text_of(member.name);
    read(name, member.value, members.path_of(name));
  }
}

void json_fields::refuse_unknown() {
  if (!object_.IsObject()) return;
  for (const auto& member : object_.GetObject()) {
    if (!asked_.contains(text_of(member.name))) refuse(text_of(member.name), "is not a known key");
  }
}

void json_fields::refuse(std::string_view key, std::string message) {
  if (!object_.IsObject()) return;  // which is noted
  note(mistakes_, path_of(key), std::move(message));
}

void json_fields::refuse_object(std::string message) {
  if (!object_.IsObject()) return;
  note(mistakes_, path_, std::move(message));
}

std::string json_fields::path_of(std::string_view key) const {
  return path_below(path_, key);
}

std::string path_below(const std::string& path, std::string_view key) {
  constexpr std::size_t shown_bytes = 64;
  std::string name{key.empty() ? R"("")" : key.substr(0, shown_bytes)};
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return path.empty() ? name : path + "." + name;
}

}  // namespace tonris::model
