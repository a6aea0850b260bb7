#include "tests/openapi/openapi_file.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

#include <rapidjson/pointer.h>
#include <rapidjson/stringbuffer.h>

#include "model/json/lookup.hpp"
#include "tests/places.hpp"

namespace tonris::test {

namespace {

using value = openapi_file::value;
using model::json_text;
using model::text_of;

constexpr std::array<std::string_view, 6> method_names{"get", "head", "post", "put", "patch", "delete"};
constexpr unsigned deepest = 64;
constexpr const char* reference = "$ref";

/// What draft 4, which RapidJSON knows, and 2020-12, which OpenAPI 3.1 means, understand alike; and what says nothing.
constexpr std::array<std::string_view, 27> shared_keywords{"type",
                                                           "enum",
                                                           "properties",
                                                           "required",
                                                           "additionalProperties",
                                                           "patternProperties",
                                                           "items",
                                                           "minItems",
                                                           "maxItems",
                                                           "uniqueItems",
                                                           "minLength",
                                                           "maxLength",
                                                           "pattern",
                                                           "minimum",
                                                           "maximum",
                                                           "allOf",
                                                           "anyOf",
                                                           "oneOf",
                                                           "not",
                                                           "maxProperties",
                                                           "minProperties",
                                                           "description",
                                                           "title",
                                                           "format",
                                                           "default",
                                                           "definitions",
                                                           "$schema"};

rapidjson::Document read(const std::string& file) {
  std::ifstream in{tonris::test::source_dir() + "/docs/" + file};
  const std::string text{std::istreambuf_iterator<char>{in}, {}};
  rapidjson::Document document;
  document.Parse(text.c_str(), text.size());
  if (document.HasParseError())
    throw std::runtime_error(file + " is no JSON at byte " + std::to_string(document.GetErrorOffset()));
  return document;
}

const value* member(const value& of, std::string_view name) {
  if (!of.IsObject()) return nullptr;
  const auto found = of.FindMember(value{rapidjson::StringRef(name.data(), name.size())});
  return found == of.MemberEnd() ? nullptr : &found->value;
}

std::string upper(std::string_view text) {
  std::string all;
  for (const char c : text) all += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return all;
}

std::string as_text(const rapidjson::Pointer& pointer) {
  rapidjson::StringBuffer out;
  pointer.StringifyUriFragment(out);
  return {out.GetString(), out.GetSize()};
}

bool has_text(std::string_view type) {
  return !type.starts_with("audio/");
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

/// The first keyword in a schema that is none; "": there is no such.
std::string unknown_keyword(const value& schema) {
  if (!schema.IsObject()) return {};
  for (const auto& [name, content] : schema.GetObject()) {
    const auto keyword = text_of(name);
    if (std::find(shared_keywords.begin(), shared_keywords.end(), keyword) == shared_keywords.end())
      return std::string{keyword};
    const bool is_named = keyword == "properties" || keyword == "patternProperties";
    const bool is_listed = keyword == "allOf" || keyword == "anyOf" || keyword == "oneOf";
    std::string found;
    if (is_named)
      for (const auto& one : content.GetObject()) found += unknown_keyword(one.value);
    else if (is_listed)
      for (const auto& one : content.GetArray()) found += unknown_keyword(one);
    else if (keyword == "items" || keyword == "additionalProperties" || keyword == "not")
      found = unknown_keyword(content);
    if (!found.empty()) return found;
  }
  return {};
}

}  // namespace

openapi_file::openapi_file() : document_(read("openapi.yaml")), tenant_(read("tenant.schema.json")) {
  for (const auto& [path, at] : document()["paths"].GetObject())
    for (const auto method : method_names)
      if (const auto* const says = member(at, method))
        operations_.push_back({upper(method), std::string{text_of(path)}, says, &at});
}

const openapi_file::operation* openapi_file::find(std::string_view name) const {
  const auto found =
      std::find_if(operations_.begin(), operations_.end(), [&](const auto& one) { return one.name() == name; });
  return found == operations_.end() ? nullptr : &*found;
}

const value& openapi_file::behind(const value& maybe_reference) const {
  const auto* const to = member(maybe_reference, reference);
  if (to == nullptr) return maybe_reference;
  const value* file = &document_;
  return target_of(text_of(*to), document_, file);
}

std::vector<std::string> openapi_file::texts_at(const char* pointer) const {
  std::vector<std::string> all;
  const auto* const at = rapidjson::Pointer{pointer}.Get(document_);
  if (at == nullptr) throw std::runtime_error(std::string{"nothing is at "} + pointer);
  if (at->IsArray())
    for (const auto& one : at->GetArray()) all.emplace_back(text_of(one));
  else
    for (const auto& one : at->GetObject()) all.emplace_back(text_of(one.name));
  return all;
}

std::vector<const value*> openapi_file::parameters(const operation& of, std::string_view in) const {
  std::vector<const value*> all;
  for (const auto* const level : {of.at, of.says})
    if (const auto* const listed = member(*level, "parameters"))
      for (const auto& one : listed->GetArray())
        if (const auto& says = behind(one); text_of(says["in"]) == in) all.push_back(&says);
  return all;
}

std::vector<unsigned> openapi_file::statuses(const operation& of) const {
  std::vector<unsigned> all;
  for (const auto& one : (*of.says)["responses"].GetObject())
    all.push_back(static_cast<unsigned>(std::stoul(std::string{text_of(one.name)})));
  return all;
}

// --- what is not as the file says

std::string openapi_file::objection(const operation& to, const answer& got) const {
  const auto status = std::to_string(got.status);
  const auto* const response = member((*to.says)["responses"], status);
  if (response == nullptr) return "status " + status + " is not in the file";
  return objection_to_response(behind(*response), got, to.method != "HEAD");
}

std::string openapi_file::objection_to_response(const value& response, const answer& got, bool with_body) const {
  if (const auto* const headers = member(response, "headers"))
    for (const auto& [name, header] : headers->GetObject()) {
      const auto& says = behind(header);
      const auto text = header_in(got.head, text_of(name));
      const auto* const required = member(says, "required");
      if (text.empty() && (required == nullptr || !required->GetBool())) continue;
      if (text.empty()) return "it has no " + std::string{text_of(name)};
      const value as_value{rapidjson::StringRef(text.data(), text.size())};
      if (auto why = objection_to_value(says["schema"], as_value); !why.empty())
        return std::string{text_of(name)}.append(" ").append(text).append(": ").append(why);
    }
  const auto type = header_in(got.head, "Content-Type");
  const auto* const content = member(response, "content");
  if (content == nullptr) return type.empty() && got.body.empty() ? "" : "it has a body, of type " + type;
  const auto* const media = member(*content, type);
  if (media == nullptr) return "type " + type + " is not in the file";
  return with_body ? objection_to_content(type, *media, without_chunks(got.head, got.body)) : "";
}

std::string openapi_file::objection_to_request(const operation& of, std::string_view body) const {
  const auto* const wanted = member(*of.says, "requestBody");
  if (wanted == nullptr) return body.empty() ? "" : "the file has no body for it";
  const auto& content = (*wanted)["content"];
  return objection_to_json(content.MemberBegin()->value["schema"], body);
}

std::string openapi_file::objection_to_content(std::string_view type, const value& media, std::string_view body) const {
  if (!has_text(type)) return {};
  if (type == "application/json" || type == "application/merge-patch+json")
    return objection_to_json(media["schema"], body);
  if (const auto* const line = member(media, "x-line")) return objection_to_lines(*line, body);
  if (const auto* const kinds = member(media, "x-events")) return objection_to_events(*kinds, body);
  if (type.starts_with("text/csv")) {
    const auto first = lines_of(text_of(media["example"])).front();
    return body.starts_with(first) ? "" : "its header is not the example's";
  }
  return objection_to_value(media["schema"], value{rapidjson::StringRef(body.data(), body.size())});
}

std::string openapi_file::objection_to_lines(const value& line, std::string_view body) const {
  if (!body.empty() && !body.ends_with('\n')) return "its last line has no end";
  for (const auto one : lines_of(body))
    if (auto why = objection_to_json(line, one); !why.empty()) return why;
  return {};
}

/// A field a line; an empty line ends an event. What begins with a colon is a comment.
std::string openapi_file::objection_to_events(const value& kinds, std::string_view body) const {
  constexpr std::string_view event = "event: ", data = "data: ", id = "id: ";
  std::string_view kind;
  const auto end = body.rfind("\n\n");  // a watcher leaves in the middle of one
  for (const auto line : lines_of(body.substr(0, end == std::string_view::npos ? 0 : end + 2))) {
    if (line.empty() || line.starts_with(':') || line.starts_with(id)) continue;
    if (line.starts_with(event)) {
      kind = line.substr(event.size());
      continue;
    }
    if (!line.starts_with(data)) return "no field of an event: " + std::string{line};
    const auto* const schema = member(kinds, kind);
    if (schema == nullptr) return "event " + std::string{kind} + " is not in the file";
    if (auto why = objection_to_json(*schema, line.substr(data.size())); !why.empty()) return why;
  }
  return {};
}

std::string openapi_file::objection_to_json(const value& schema, std::string_view json) const {
  rapidjson::Document document;
  document.Parse(json.data(), json.size());
  if (document.HasParseError()) return "this is no JSON: " + std::string{json};
  return objection_to_value(schema, document);
}

std::string openapi_file::objection_to_value(const value& schema, const value& what) const {
  const auto& ready = schema_of(schema);
  if (!ready.unknown.empty()) return "a schema has the keyword " + ready.unknown + ", which no test looks at";
  rapidjson::SchemaValidator validator{*ready.schema};
  if (what.Accept(validator)) return {};
  return "at " + as_text(validator.GetInvalidDocumentPointer()) + " it breaks " + validator.GetInvalidSchemaKeyword() +
         " of " + as_text(validator.GetInvalidSchemaPointer()) + ": " + json_text(what);
}

// --- schemas

const openapi_file::compiled& openapi_file::schema_of(const value& schema) const {
  auto& there = schemas_[&schema];
  if (there) return *there;
  there = std::make_unique<compiled>();
  expand(schema, document_, 0, there->whole, there->whole);
  there->unknown = unknown_keyword(there->whole);
  there->schema = std::make_unique<rapidjson::SchemaDocument>(there->whole);
  return *there;
}

/// RapidJSON goes behind references within one document only: here all of them are replaced by what they lead to.
void openapi_file::expand(const value& from, const value& file, unsigned depth, rapidjson::Document& in,
                          value& to) const {
  if (depth > deepest) throw std::runtime_error("a schema contains itself");
  auto& memory = in.GetAllocator();
  if (const auto* const leads_to = member(from, reference)) {
    const value* other = &file;
    const auto& target = target_of(text_of(*leads_to), file, other);
    return expand(target, *other, depth + 1, in, to);
  }
  if (from.IsObject()) {
    to.SetObject();
    for (const auto& [name, content] : from.GetObject()) {
      value copy;
      expand(content, file, depth + 1, in, copy);
      to.AddMember(value{name, memory}, copy, memory);
    }
  } else if (from.IsArray()) {
    to.SetArray();
    for (const auto& one : from.GetArray()) {
      value copy;
      expand(one, file, depth + 1, in, copy);
      to.PushBack(copy, memory);
    }
  } else {
    to.CopyFrom(from, memory);
  }
}

/// Of "tenant.schema.json#/…" or "#/…"; `of` becomes the file that it is in.
const value& openapi_file::target_of(std::string_view reference_text, const value& file, const value*& of) const {
  const auto hash = std::min(reference_text.find('#'), reference_text.size());
  const auto name = reference_text.substr(0, hash);
  if (!name.empty() && name != "tenant.schema.json") throw std::runtime_error("no such file: " + std::string{name});
  of = name.empty() ? &file : &tenant_;
  const std::string fragment{reference_text.substr(hash)};
  const auto* const target = fragment.empty() ? of : rapidjson::Pointer{fragment.c_str()}.Get(*of);
  if (target == nullptr) throw std::runtime_error("it leads nowhere: " + std::string{reference_text});
  return *target;
}

// --- answers

std::string header_in(std::string_view head, std::string_view name) {
  const auto start = "\r\n" + std::string{name} + ": ";
  const auto at = head.find(start);
  if (at == std::string_view::npos) return {};
  const auto text = head.substr(at + start.size());
  return std::string{text.substr(0, text.find("\r\n"))};
}

std::string without_chunks(std::string_view head, std::string_view body) {
  if (header_in(head, "Transfer-Encoding") != "chunked") return std::string{body};
  std::string all;
  while (!body.empty()) {
    const auto end = body.find("\r\n");
    std::size_t size = 0;
    const auto [stop, error] = std::from_chars(body.data(), body.data() + std::min(end, body.size()), size, 16);
    if (error != std::errc{} || stop != body.data() + end || size == 0) break;
    all += body.substr(end + 2, size);
    body.remove_prefix(std::min(end + 2 + size + 2, body.size()));
  }
  return all;
}

}  // namespace tonris::test
