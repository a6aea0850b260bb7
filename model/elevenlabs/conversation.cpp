#include "model/elevenlabs/conversation.hpp"

#include <algorithm>
#include <array>

#include "model/json/lookup.hpp"
#include "model/text/base64.hpp"
#include "model/text/utf8.hpp"

namespace tonris::model::elevenlabs {
namespace {

constexpr std::size_t max_unknown_type_bytes = 64;  // it becomes a log line

std::string owned(std::string_view text) {
  return std::string(text);
}

message read_metadata(field_reader& event) {
  return metadata{{owned(event.text("conversation_id"))},
                  owned(event.optional_text("agent_output_audio_format")),
                  owned(event.optional_text("user_input_audio_format"))};
}

message read_audio(field_reader& event) {
  const auto payload = event.text("audio_base_64");
  const auto id = event.whole("event_id");
  if (!is_base64(payload)) event.refuse(codec_errc::bad_payload);
  return audio{owned(payload), id};
}

message read_interruption(field_reader& event) {
  return interruption{event.whole("event_id")};
}

message read_ping(field_reader& event) {
  const auto id = event.whole("event_id");
  return ping{id, event.optional_whole("ping_ms")};
}

message read_user_transcript(field_reader& event) {
  return user_transcript{owned(event.text("user_transcript")), event.optional_whole("event_id").value_or(0), false};
}

message read_tentative_user_transcript(field_reader& event) {
  return user_transcript{owned(event.text("user_transcript")), event.optional_whole("event_id").value_or(0), true};
}

message read_agent_response(field_reader& event) {
  return agent_response{owned(event.text("agent_response")), event.optional_whole("event_id").value_or(0)};
}

message read_agent_response_correction(field_reader& event) {
  return agent_response_correction{owned(event.optional_text("original_agent_response")),
                                   owned(event.text("corrected_agent_response")),
                                   event.optional_whole("event_id").value_or(0)};
}

message read_agent_response_complete(field_reader& event) {
  return agent_response_complete{event.optional_whole("event_id").value_or(0)};
}

message read_client_tool_call(field_reader& event) {
  client_tool_call call;
  call.tool_name = event.text("tool_name");
  call.tool_call_id = event.text("tool_call_id");
  const auto* const parameters = event.optional_object("parameters");
  call.parameters = parameters == nullptr ? "{}" : json_text(*parameters);
  call.event_id = event.optional_whole("event_id").value_or(0);
  call.expects_response = event.optional_flag("expects_response", true);
  return call;
}

message read_agent_tool_request(field_reader& event) {
  const auto* const parameters = event.any("parameters");
  return agent_tool_request{owned(event.text("tool_name")), owned(event.optional_text("tool_call_id")),
                            owned(event.optional_text("tool_type")), event.optional_whole("event_id").value_or(0),
                            parameters != nullptr && parameters->IsObject() ? json_text(*parameters) : std::string{}};
}

message read_agent_tool_response(field_reader& event) {
  agent_tool_response response;
  response.tool_name = event.text("tool_name");
  response.tool_call_id = event.optional_text("tool_call_id");
  response.tool_type = event.optional_text("tool_type");
  response.is_error = event.optional_flag("is_error", false);
  response.is_called = event.optional_flag("is_called", true);
  response.event_id = event.optional_whole("event_id").value_or(0);
  return response;
}

message read_mcp_tool_call(field_reader& event) {
  return mcp_tool_call{owned(event.optional_text("service_id")), owned(event.text("tool_call_id")),
                       owned(event.optional_text("tool_name")), owned(event.text("state"))};
}

message read_vad_score(field_reader& event) {
  const auto score = event.number("vad_score");
  if (score < 0 || score > 1) event.refuse(codec_errc::bad_field);
  return vad_score{score};
}

message read_queue_status(field_reader& event) {
  const auto status = event.text("status");
  if (status == "waiting") return queue_status{queue_place::waiting};
  if (status == "admitted") return queue_status{queue_place::admitted};
  if (status == "timed_out") return queue_status{queue_place::timed_out};
  return queue_status{queue_place::unknown};
}

struct event_kind {
  std::string_view type, payload_key;
  message (*read)(field_reader& event);
};

constexpr std::array event_kinds{
    event_kind{"audio", "audio_event", read_audio},
    event_kind{"ping", "ping_event", read_ping},
    event_kind{"interruption", "interruption_event", read_interruption},
    event_kind{"vad_score", "vad_score_event", read_vad_score},
    event_kind{"user_transcript", "user_transcription_event", read_user_transcript},
    event_kind{"tentative_user_transcript", "tentative_user_transcription_event", read_tentative_user_transcript},
    event_kind{"agent_response", "agent_response_event", read_agent_response},
    event_kind{"agent_response_correction", "agent_response_correction_event", read_agent_response_correction},
    event_kind{"agent_response_complete", "agent_response_complete_event", read_agent_response_complete},
    event_kind{"client_tool_call", "client_tool_call", read_client_tool_call},
    event_kind{"agent_tool_request", "agent_tool_request", read_agent_tool_request},
    event_kind{"agent_tool_response", "agent_tool_response", read_agent_tool_response},
    event_kind{"agent_tool_response_full_payload", "agent_tool_response_full_payload", read_agent_tool_response},
    event_kind{"mcp_tool_call", "mcp_tool_call", read_mcp_tool_call},
    event_kind{"queue_status", "queue_status_event", read_queue_status},
    event_kind{"conversation_initiation_metadata", "conversation_initiation_metadata_event", read_metadata},
};

constexpr std::array<std::string_view, 14> meaningless_on_a_phone{
    "agent_chat_response_part",
    "agent_reasoning_response_part",
    "agent_response_metadata",
    "mcp_connection_status",
    "context_usage",
    "asr_initiation_metadata",
    "guardrail_triggered",
    "agent_typing",
    "external_agent_connected",
    "external_agent_disconnected",
    "rich_content",
    "internal_turn_probability",
    "internal_tentative_agent_response",
    "dtmf_request",
};

decoded<message> read_event(const rapidjson::Value& root, const event_kind& kind) {
  field_reader outer(root);
  const auto* const payload = outer.optional_object(kind.payload_key);
  if (outer.mistake()) return tl::unexpected(*outer.mistake());
  if (payload == nullptr) return tl::unexpected(codec_errc::missing_field);
  field_reader event(*payload);
  auto read = kind.read(event);
  if (event.mistake()) return tl::unexpected(*event.mistake());
  return read;
}

/// From the nested shape, else from the flat one; "" when neither has that text.
std::string failure_text(const rapidjson::Value* nested, const rapidjson::Value& flat, std::string_view name) {
  for (const auto* const place : {nested, &flat}) {
    const auto* const value = place == nullptr ? nullptr : find_field(*place, name);
    if (value != nullptr && value->IsString()) return owned(text_of(*value));
  }
  return {};
}

int failure_code(const rapidjson::Value* nested, const rapidjson::Value& flat) noexcept {
  for (const auto* const place : {nested, &flat}) {
    const auto* const value = place == nullptr ? nullptr : find_field(*place, "code");
    if (value != nullptr && value->IsInt()) return value->GetInt();
  }
  return 0;
}

// A failure is a failure, however it is written: what is missing or of the wrong type is empty, never a refusal.
failure read_failure(const rapidjson::Value& root) {
  const auto* nested = find_field(root, "error_event");
  if (nested != nullptr && !nested->IsObject()) nested = nullptr;
  return {failure_code(nested, root), failure_text(nested, root, "error_type"), failure_text(nested, root, "message"),
          failure_text(nested, root, "reason")};
}

bool is_failure(std::string_view type) noexcept {
  return type == "error" || type == "client_error";
}

}  // namespace

decoded<message> decode(std::string_view text) {
  rapidjson::Document document;
  const auto parsed = parse_object(text, {.bytes = max_inbound_message_bytes}, document);
  if (!parsed) return tl::unexpected(parsed.error());
  if (find_field(document, "type") == nullptr) return tl::unexpected(codec_errc::no_type);
  field_reader root(document);
  const auto type = root.text("type");
  if (root.mistake()) return tl::unexpected(*root.mistake());
  const auto* const kind =
      std::find_if(event_kinds.begin(), event_kinds.end(), [&](const event_kind& k) { return k.type == type; });
  if (kind != event_kinds.end()) return read_event(document, *kind);
  if (is_failure(type)) return read_failure(document);
  if (std::find(meaningless_on_a_phone.begin(), meaningless_on_a_phone.end(), type) != meaningless_on_a_phone.end())
    return other{owned(type)};
  return unknown{owned(utf8_prefix(type, max_unknown_type_bytes))};
}

}  // namespace tonris::model::elevenlabs
