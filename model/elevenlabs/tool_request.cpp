#include "model/elevenlabs/tool_request.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "model/json/lenient.hpp"
#include "model/json/lookup.hpp"
#include "model/json/text.hpp"
#include "model/json/writer.hpp"
#include "model/text/ascii.hpp"
#include "model/text/form.hpp"
#include "model/text/trimmed.hpp"

namespace tonris::model::elevenlabs {
namespace {

constexpr json_limits limits{.bytes = max_tool_body_bytes, .values = 5'000, .depth = 16};
constexpr std::size_t max_token_bytes = 256;

// A parameter and its value as JSON.
using parameters = std::vector<std::pair<std::string, std::string>>;

bool is_token(std::string_view text) noexcept {
  return text.size() <= max_token_bytes &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
}

std::string as_json(std::string_view text) {
  std::string json;
  append_json_string(text, json);
  return json;
}

class collector {
 public:
  // Says whose call it is, so it is no parameter. The first one that says something counts.
  bool take_owner(std::string_view name, std::string_view text) {
    auto* const into = owner_of(name);
    if (into == nullptr) return false;
    const bool is_good = is_token(text) && (into != &request_.call.value || is_sid(text, "CA"));
    if (into->empty() && is_good) *into = text;
    return true;
  }

  // False: there are too many.
  bool add(std::string_view name, std::string json) {
    const auto found = std::find_if(given_.begin(), given_.end(), [&](const auto& one) { return one.first == name; });
    if (found != given_.end()) return true;
    if (given_.size() == max_tool_parameters) return false;
    given_.emplace_back(name, std::move(json));
    return true;
  }

  decoded<void> take_object(const rapidjson::Value& object) {
    for (const auto& member : object.GetObject()) {
      const auto name = text_of(member.name);
      if (take_owner(name, member.value.IsString() ? text_of(member.value) : std::string_view{})) continue;
      if (!add(name, json_text(member.value))) return tl::unexpected(codec_errc::too_many);
    }
    return {};
  }

  decoded<void> take_form(std::string_view text) {
    const auto fields = parse_form(text);
    if (!fields) return tl::unexpected(fields.error());
    for (const auto& [name, value] : *fields) {
      if (take_owner(name, value)) continue;
      if (!add(name, as_json(value))) return tl::unexpected(codec_errc::too_many);
    }
    return {};
  }

  decoded<void> take_json(std::string_view body) {
    rapidjson::Document document;
    if (const auto parsed = parse_object(body, limits, document); !parsed) return parsed;
    const lenient_object root{&document};
    const bool is_envelope = root.object("parameters").exists() && (root.any("tool_name") || root.any("tool_call_id"));
    if (!is_envelope) return take_object(document);
    request_.tool_name = root.token("tool_name");
    request_.tool_call_id = root.token("tool_call_id");
    // The envelope is the vendor's, what is in it the agent's.
    for (const auto& member : std::as_const(document).GetObject())
      if (member.value.IsString()) static_cast<void>(take_owner(text_of(member.name), text_of(member.value)));
    return take_object(*root.any("parameters"));
  }

  tool_request finish() {
    request_.parameters.clear();
    json_writer out{request_.parameters};
    out.open_object();
    for (const auto& [name, json] : given_) {
      out.key(name);
      out.json(json);
    }
    out.close_object();
    return std::move(request_);
  }

 private:
  std::string* owner_of(std::string_view name) noexcept {
    if (name == "call_sid" || name == "callSid") return &request_.call.value;
    if (name == "conversation_id" || name == "conversationId") return &request_.conversation.value;
    if (name == "tenant_id" || name == "tenantId") return &request_.tenant.value;
    return nullptr;
  }

  tool_request request_;
  parameters given_;
};

enum class body_form : std::uint8_t { json, form, other };

body_form form_of(std::string_view content_type) {
  const auto type = to_lower(trimmed(content_type.substr(0, content_type.find(';'))));
  if (type == "application/x-www-form-urlencoded") return body_form::form;
  if (type.empty() || type == "application/json" || type == "text/json" || type.ends_with("+json"))
    return body_form::json;
  return body_form::other;
}

decoded<void> take_body(std::string_view content_type, std::string_view body, collector& into) {
  if (trimmed(body).empty()) return {};
  switch (form_of(content_type)) {
    case body_form::json: return into.take_json(body);
    case body_form::form: return into.take_form(trimmed(body));
    case body_form::other: break;
  }
  return tl::unexpected(codec_errc::not_json);
}

}  // namespace

decoded<tool_request> parse_tool_request(std::string_view query, std::string_view content_type, std::string_view body) {
  if (query.size() > max_tool_query_bytes || body.size() > max_tool_body_bytes)
    return tl::unexpected(codec_errc::too_long);
  collector all;
  if (const auto taken = take_body(content_type, body, all); !taken) return tl::unexpected(taken.error());
  if (const auto taken = all.take_form(query); !taken) return tl::unexpected(taken.error());
  return all.finish();
}

}  // namespace tonris::model::elevenlabs
