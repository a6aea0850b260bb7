#include "model/elevenlabs/rest.hpp"

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <utility>

#include "model/json/lookup.hpp"
#include "model/text/address.hpp"
#include "model/text/ascii.hpp"
#include "model/text/percent.hpp"
#include "model/text/utf8.hpp"

namespace tonris::model::elevenlabs {
namespace {

constexpr std::size_t max_body_bytes = 64 * 1024;
constexpr std::size_t max_agent_bytes = 4 * 1024 * 1024;
constexpr std::size_t max_url_bytes = 8 * 1024;
constexpr std::size_t max_message_bytes = 300;
constexpr std::size_t max_code_bytes = 64;

/// The text of that member; "" when absent or no text.
std::string_view text_member(const rapidjson::Value& object, std::string_view name) noexcept {
  const auto* const value = find_field(object, name);
  if (value == nullptr || !value->IsString()) return {};
  return text_of(*value);
}

// The address goes into a request line as it is: only a WebSocket address in visible ASCII may.
bool is_dialable(std::string_view url) noexcept {
  if (url.size() > max_url_bytes || !std::all_of(url.begin(), url.end(), is_visible)) return false;
  const auto to = read_address(url);
  return to && (to->scheme == "wss" || to->scheme == "ws") && to->kind != host_kind::unusable &&
         to->has_usable_port() && !to->has_userinfo;
}

// One line of whole UTF-8 characters, since it ends in a log.
std::string shortened(std::string_view text) {
  std::string line(utf8_prefix(text, max_message_bytes));
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  std::replace_if(line.begin(), line.end(), is_control, ' ');
  return line;
}

// Codes are words that metrics are labelled with; anything else is no code.
std::string code_of(std::string_view text) {
  const bool word = text.size() <= max_code_bytes && std::all_of(text.begin(), text.end(), is_unreserved);
  return word ? std::string(text) : std::string();
}

rest_error from_object(const rapidjson::Value& detail) {
  auto code = code_of(text_member(detail, "code"));
  if (code.empty()) code = code_of(text_member(detail, "status"));
  return {std::move(code), shortened(text_member(detail, "message"))};
}

rest_error from_list(const rapidjson::Value& detail) {
  if (detail.Empty() || !detail[0].IsObject()) return {};
  return {code_of(text_member(detail[0], "type")), shortened(text_member(detail[0], "msg"))};
}

/// The object at the end of a path of members; nullptr when the path ends before. A member on the way that is no object
/// is the mistake.
const rapidjson::Value* object_at(const rapidjson::Value& root, std::initializer_list<std::string_view> path,
                                  std::optional<codec_errc>& mistake) noexcept {
  const auto* at = &root;
  for (const auto name : path) {
    field_reader fields(*at);
    at = fields.optional_object(name);
    if (fields.mistake()) mistake = fields.mistake();
    if (at == nullptr) return nullptr;
  }
  return at;
}

bool is_text(const rapidjson::Value& value, std::string_view text) noexcept {
  return value.IsString() && text_of(value) == text;
}

bool may_override_first_message(const rapidjson::Value& settings, std::optional<codec_errc>& mistake) noexcept {
  const auto* const agent =
      object_at(settings, {"platform_settings", "overrides", "conversation_config_override", "agent"}, mistake);
  if (agent == nullptr) return false;
  field_reader fields(*agent);
  const bool may = fields.optional_flag("first_message", false);
  if (fields.mistake()) mistake = fields.mistake();
  return may;
}

// A list replaces the service's own, which has the transcripts.
bool sends_transcripts(const rapidjson::Value& settings, std::optional<codec_errc>& mistake) noexcept {
  const auto* const conversation = object_at(settings, {"conversation_config", "conversation"}, mistake);
  const auto* const events = conversation == nullptr ? nullptr : find_field(*conversation, "client_events");
  if (events == nullptr) return true;
  if (!events->IsArray()) {
    mistake = codec_errc::bad_field;
    return true;
  }
  return std::any_of(events->Begin(), events->End(), [](const auto& e) { return is_text(e, "user_transcript"); });
}

}  // namespace

std::string signed_url_target(const model::agent_id& agent) {
  return "/v1/convai/conversation/get-signed-url?agent_id=" + percent_encoded(agent.value);
}

decoded<signed_url> decode_signed_url(std::string_view body) {
  rapidjson::Document document;
  const auto parsed = parse_object(body, {.bytes = max_body_bytes}, document);
  if (!parsed) return tl::unexpected(parsed.error());
  field_reader fields(document);
  const auto url = fields.text("signed_url");
  if (fields.mistake()) return tl::unexpected(*fields.mistake());
  if (!is_dialable(url)) return tl::unexpected(codec_errc::bad_field);
  return signed_url{std::string(url), {std::string(text_member(document, "conversation_id"))}};
}

std::string agent_target(const model::agent_id& agent) {
  return "/v1/convai/agents/" + percent_encoded(agent.value);
}

std::string conversation_target(const model::conversation_id& conversation) {
  return "/v1/convai/conversations/" + percent_encoded(conversation.value);
}

decoded<agent_policy> decode_agent_policy(std::string_view body) {
  rapidjson::Document document;
  const auto parsed = parse_object(body, {.bytes = max_agent_bytes}, document);
  if (!parsed) return tl::unexpected(parsed.error());
  std::optional<codec_errc> mistake;
  const agent_policy policy{may_override_first_message(document, mistake), sends_transcripts(document, mistake)};
  if (mistake) return tl::unexpected(*mistake);
  return policy;
}

rest_error decode_error(std::string_view body) {
  rapidjson::Document document;
  if (!parse_object(body, {.bytes = max_body_bytes}, document)) return {};
  const auto* const detail = find_field(document, "detail");
  if (detail == nullptr) return {};
  if (detail->IsObject()) return from_object(*detail);
  if (detail->IsArray()) return from_list(*detail);
  return {"", shortened(text_member(document, "detail"))};
}

vendor_refusal classify(unsigned http_status, const rest_error& error) noexcept {
  const auto is_one_of = [&](const auto&... codes) { return ((error.code == codes) || ...); };
  // The legacy API says "no money left" with 401.
  if (is_one_of("quota_exceeded", "insufficient_credits", "payment_required")) return vendor_refusal::payment;
  if (http_status >= 400 && http_status < 500) {
    if (is_one_of("too_many_concurrent_requests", "system_busy")) return vendor_refusal::busy;
    if (is_one_of("agent_not_found")) return vendor_refusal::not_found;
  }
  switch (http_status) {
    case 401:
    case 403: return vendor_refusal::auth;
    case 402: return vendor_refusal::payment;
    case 404: return vendor_refusal::not_found;
    case 408: return vendor_refusal::server;
    case 425:
    case 429: return vendor_refusal::busy;
    default: break;
  }
  if (http_status >= 400 && http_status < 500) return vendor_refusal::rejected;
  return vendor_refusal::server;  // 5xx, and whatever is no answer to our question
}

}  // namespace tonris::model::elevenlabs
