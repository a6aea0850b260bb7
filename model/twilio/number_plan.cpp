#include "model/twilio/number_plan.hpp"

#include <array>
#include <utility>

#include "model/json/lookup.hpp"
#include "model/json/writer.hpp"
#include "model/text/address.hpp"
#include "model/twilio/connection_overrides.hpp"

namespace tonris::model::twilio {

namespace {

constexpr std::string_view voice_path = "/api/webhooks/twilio/elevenlabs", status_path = "/api/webhooks/twilio/status";

/// One of a number's three addresses: where it stands, and what its fields are called.
struct slot {
  call_handler call_handlers::*at;
  std::optional<call_handler> kept_handlers::*kept;
  std::string_view path;
  std::string_view url_field, method_field;
  std::string_view name;  ///< in what is kept
};
constexpr std::array slots{
    slot{&call_handlers::voice, &kept_handlers::voice, voice_path, "VoiceUrl", "VoiceMethod", "voice"},
    slot{&call_handlers::fallback, &kept_handlers::fallback, voice_path, "VoiceFallbackUrl", "VoiceFallbackMethod",
         "fallback"},
    slot{&call_handlers::status, &kept_handlers::status, status_path, "StatusCallback", "StatusCallbackMethod",
         "status"},
};

call_handler ours(std::string_view origin, std::string_view path) {
  return {std::string{origin}.append(path).append(twiml::connection_overrides), "POST"};
}

/// Whatever stands behind '#' or '?'.
bool is_ours(const call_handler& one, std::string_view origin, std::string_view path) {
  const auto url = std::string_view{one.url}.substr(0, one.url.find_first_of("#?"));
  return url.size() == origin.size() + path.size() && url.starts_with(origin) && url.ends_with(path);
}

void post(form& fields, const slot& of, const call_handler& to) {
  fields.emplace_back(of.url_field, to.url);
  if (!to.method.empty()) fields.emplace_back(of.method_field, to.method);
}

}  // namespace

call_handlers gateway_handlers(std::string_view origin) {
  call_handlers all;
  for (const auto& one : slots) all.*one.at = ours(origin, one.path);
  return all;
}

number_state state_of(const call_handlers& now, std::string_view origin) {
  if (now == gateway_handlers(origin)) return number_state::attached;
  for (const auto& one : slots)
    if (is_ours(now.*one.at, origin, one.path)) return number_state::partly;
  return number_state::elsewhere;
}

std::string_view to_string(number_state s) noexcept {
  switch (s) {
    case number_state::attached: return "attached";
    case number_state::partly: return "partly";
    case number_state::elsewhere: break;
  }
  return "elsewhere";
}

attach_plan plan_attach(const call_handlers& now, std::string_view origin, const kept_handlers& before) {
  attach_plan plan{{}, before};
  for (const auto& one : slots) {
    const auto& there = now.*one.at;
    const auto wanted = ours(origin, one.path);
    if (!is_ours(there, origin, one.path)) plan.keep.*one.kept = there;
    if (there != wanted) post(plan.fields, one, wanted);
  }
  if (!now.application.empty()) {
    plan.keep.application = now.application;
    plan.fields.emplace_back("VoiceApplicationSid", "");
  }
  if (!now.trunk.empty()) {
    plan.keep.trunk = now.trunk;
    plan.fields.emplace_back("TrunkSid", "");
  }
  return plan;
}

form plan_detach(const call_handlers& now, std::string_view origin, const kept_handlers& kept) {
  form fields;
  for (const auto& one : slots) {
    const auto& back = kept.*one.kept;
    if (back && is_ours(now.*one.at, origin, one.path)) post(fields, one, *back);
  }
  // Both override the addresses, and each other: where calls go elsewhere since, neither is put in front of that.
  const bool is_still_ours = is_ours(now.voice, origin, voice_path) && now.trunk.empty() && now.application.empty();
  if (!is_still_ours) return fields;
  // Twilio lets one of the two be set.
  if (!kept.trunk.empty())
    fields.emplace_back("TrunkSid", kept.trunk);
  else if (!kept.application.empty())
    fields.emplace_back("VoiceApplicationSid", kept.application);
  return fields;
}

std::string to_json(const kept_handlers& kept) {
  std::string json;
  json_writer out{json};
  out.open_object();
  for (const auto& one : slots) {
    const auto& handler = kept.*one.kept;
    if (!handler) continue;
    out.open_object(one.name);
    out.member("url", handler->url);
    out.member("method", handler->method);
    out.close_object();
  }
  if (!kept.application.empty()) out.member("application", kept.application);
  if (!kept.trunk.empty()) out.member("trunk", kept.trunk);
  out.close_object();
  return json;
}

decoded<kept_handlers> parse_kept_handlers(std::string_view json) {
  constexpr std::size_t max_bytes = 64 * 1024;
  rapidjson::Document document;
  if (auto parsed = parse_object(json, {.bytes = max_bytes}, document); !parsed) return tl::unexpected(parsed.error());
  field_reader fields{document};
  kept_handlers kept;
  for (const auto& one : slots) {
    const auto* const handler = fields.optional_object(one.name);
    if (handler == nullptr) continue;
    field_reader of{*handler};
    kept.*one.kept = call_handler{std::string{of.text("url")}, std::string{of.text("method")}};
    if (of.mistake()) return tl::unexpected(*of.mistake());
  }
  kept.application = fields.optional_text("application");
  kept.trunk = fields.optional_text("trunk");
  if (fields.mistake()) return tl::unexpected(*fields.mistake());
  return kept;
}

std::string shown_address(std::string_view url) {
  if (url.empty()) return {};
  const auto read = read_address(url);
  if (!read) return "(no address)";
  const auto path = read->target.substr(0, read->target.find('?'));
  std::string shown{read->scheme};
  shown.append("://").append(read->written_host);
  if (read->has_port) shown.append(":").append(read->port_text);
  return shown.append(path);
}

}  // namespace tonris::model::twilio
