#include "tools/sim/elevenlabs/agent_messages.hpp"

#include <array>

#include "model/text/base64.hpp"
#include "tools/sim/wire/json.hpp"

namespace tonris::sim::say {
namespace {

/// {"type":T,"K":{…}} from the inside of the inner object.
std::string event(std::string_view type, std::string_view key, std::string_view inside) {
  std::string out = R"({"type":")";
  out += type;
  out += R"(",")";
  out += key;
  out += R"(":{)";
  out += inside;
  out += "}}";
  return out;
}

void put(std::string& out, std::string_view key, std::string_view text) {
  if (!out.empty()) out += ',';
  append_quoted(key, out);
  out += ':';
  append_quoted(text, out);
}

void put_raw(std::string& out, std::string_view key, std::string_view json) {
  if (!out.empty()) out += ',';
  append_quoted(key, out);
  out += ':';
  out += json;
}

void put_id(std::string& out, std::int64_t id) {
  put_raw(out, "event_id", std::to_string(id));
}

}  // namespace

std::string metadata(std::string_view conversation_id, std::string_view output_format, std::string_view input_format) {
  std::string in;
  put(in, "conversation_id", conversation_id);
  if (!output_format.empty()) put(in, "agent_output_audio_format", output_format);
  if (!input_format.empty()) put(in, "user_input_audio_format", input_format);
  return event("conversation_initiation_metadata", "conversation_initiation_metadata_event", in);
}

std::string audio(std::span<const std::uint8_t> bytes, std::int64_t event_id, const audio_extras& extras) {
  std::string in;
  put(in, "audio_base_64", model::to_base64(bytes));
  put_id(in, event_id);
  if (extras.alignment)
    put_raw(in, "alignment",
            R"({"chars":["H","\"","\u00e9"],"char_start_times_ms":[0,90,200],"char_durations_ms":[90,110,40]})");
  if (extras.unknown_fields) put_raw(in, "later_invention", R"({"a":[1,{"b":null}],"audio_base_64":"////"})");
  if (in.size() < extras.pad_to) put(in, "padding", std::string(extras.pad_to - in.size(), 'x'));
  return event("audio", "audio_event", in);
}

std::string interruption(std::int64_t event_id) {
  std::string in;
  put_id(in, event_id);
  return event("interruption", "interruption_event", in);
}

std::string ping(std::int64_t event_id, std::string_view ping_ms) {
  std::string in;
  put_id(in, event_id);
  if (!ping_ms.empty()) put_raw(in, "ping_ms", ping_ms);
  return event("ping", "ping_event", in);
}

std::string user_transcript(std::string_view text, std::int64_t event_id, bool tentative) {
  std::string in;
  put(in, "user_transcript", text);
  put_id(in, event_id);
  return tentative ? event("tentative_user_transcript", "tentative_user_transcription_event", in)
                   : event("user_transcript", "user_transcription_event", in);
}

std::string agent_response(std::string_view text, std::int64_t event_id) {
  std::string in;
  put(in, "agent_response", text);
  put_id(in, event_id);
  return event("agent_response", "agent_response_event", in);
}

std::string correction(std::string_view original, std::string_view corrected, std::int64_t event_id) {
  std::string in;
  put(in, "original_agent_response", original);
  put(in, "corrected_agent_response", corrected);
  put_id(in, event_id);
  return event("agent_response_correction", "agent_response_correction_event", in);
}

std::string tool_call(const tool_use& tool, std::int64_t event_id) {
  std::string in;
  put(in, "tool_name", tool.name);
  put(in, "tool_call_id", tool.id);
  put_raw(in, "parameters", tool.parameters);
  put_id(in, event_id);
  put_raw(in, "expects_response", tool.expects_response ? "true" : "false");
  return event("client_tool_call", "client_tool_call", in);
}

std::string end_call_request(std::int64_t event_id) {
  std::string in;
  put(in, "tool_name", "end_call");
  put(in, "tool_call_id", "call_end");
  put(in, "tool_type", "system");
  put_id(in, event_id);
  return event("agent_tool_request", "agent_tool_request", in);
}

std::string end_call_response(std::int64_t event_id) {
  std::string in;
  put(in, "tool_name", "end_call");
  put(in, "tool_call_id", "call_end");
  put(in, "tool_type", "system");
  put_raw(in, "is_error", "false");
  put_raw(in, "is_called", "true");
  put_id(in, event_id);
  return event("agent_tool_response", "agent_tool_response", in);
}

std::string queue_status(std::string_view status) {
  std::string in;
  put(in, "status", status);
  return event("queue_status", "queue_status_event", in);
}

std::string error_nested(int code, std::string_view type, std::string_view message, std::string_view reason) {
  std::string in;
  put_raw(in, "code", std::to_string(code));
  put(in, "error_type", type);
  put(in, "message", message);
  if (!reason.empty()) put(in, "reason", reason);
  return event("error", "error_event", in);
}

std::string error_flat(std::string_view message) {
  std::string in;
  put(in, "type", "error");
  put(in, "message", message);
  return "{" + in + "}";
}

std::string odd_event(std::uint64_t number) {
  constexpr std::array<std::string_view, 7> events{
      R"({"type":"sim_unheard_of","sim_unheard_of_event":{"deep":[[[{"audio_event":{"event_id":9}}]]]}})",
      R"({"type":"vad_score","vad_score_event":{"vad_score":0.94}})",
      R"({"type":"context_usage","context_usage_event":{"event_id":7,"model":"m","context_tokens":3120}})",
      R"({"type":"guardrail_triggered"})",
      R"({"type":"internal_tentative_agent_response","tentative_agent_response_internal_event":{}})",
      R"({"type":"asr_initiation_metadata","asr_initiation_metadata_event":{"x":1}})",
      R"({"type":"agent_typing","agent_typing_event":{"is_typing":true,"duration_ms":null}})"};
  return std::string{events[number % events.size()]};
}

}  // namespace tonris::sim::say
