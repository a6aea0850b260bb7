#pragma once

#include <optional>
#include <string_view>

#include <rapidjson/document.h>

#include "model/text/codec_error.hpp"

namespace tonris::model::json {

/// Hostile JSON made safe to ask, for the codecs' own use: parsed without recursion, then only typed look-ups.
/// Whoever includes this gets RapidJSON; headers of the codecs do not.
using document = rapidjson::Document;
using value = rapidjson::Value;

/// Parses one JSON object: strict grammar, valid UTF-8, nothing but whitespace after it, no zero byte. Refuses texts
/// longer than `max_bytes` (too_long) before it looks at them, and everything else with not_json.
[[nodiscard]] inline decoded<document> parse_object(std::string_view text, std::size_t max_bytes) {
  if (text.size() > max_bytes) return tl::unexpected(codec_errc::too_long);
  // RapidJSON takes a zero byte for the end of the text and would not see what follows it.
  if (text.find('\0') != std::string_view::npos) return tl::unexpected(codec_errc::not_json);
  document doc;
  doc.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(text.data(), text.size());
  if (doc.HasParseError() || !doc.IsObject()) return tl::unexpected(codec_errc::not_json);
  return doc;
}

/// The (first) member of that name; null when there is none or `in` is no object.
[[nodiscard]] inline const value* find(const value& in, std::string_view name) {
  if (!in.IsObject()) return nullptr;
  const auto found = in.FindMember(value(rapidjson::StringRef(name.data(), name.size())));
  return found == in.MemberEnd() ? nullptr : &found->value;
}

/// Only of a value that IsString().
[[nodiscard]] inline std::string_view text_of(const value& v) {
  return {v.GetString(), v.GetStringLength()};
}

/// A string that has to be there: missing_field without it, bad_field when it is something else.
[[nodiscard]] inline decoded<std::string_view> need_string(const value& in, std::string_view name) {
  const auto* v = find(in, name);
  if (v == nullptr) return tl::unexpected(codec_errc::missing_field);
  if (!v->IsString()) return tl::unexpected(codec_errc::bad_field);
  return text_of(*v);
}

/// A string that may be missing or null ("" then): bad_field when it is something else.
[[nodiscard]] inline decoded<std::string_view> maybe_string(const value& in, std::string_view name) {
  const auto* v = find(in, name);
  if (v == nullptr || v->IsNull()) return std::string_view{};
  if (!v->IsString()) return tl::unexpected(codec_errc::bad_field);
  return text_of(*v);
}

/// An object that has to be there.
[[nodiscard]] inline decoded<const value*> need_object(const value& in, std::string_view name) {
  const auto* v = find(in, name);
  if (v == nullptr) return tl::unexpected(codec_errc::missing_field);
  if (!v->IsObject()) return tl::unexpected(codec_errc::bad_field);
  return v;
}

}  // namespace tonris::model::json
