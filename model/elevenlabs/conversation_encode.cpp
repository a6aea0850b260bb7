#include <cmath>

#include "model/elevenlabs/conversation.hpp"
#include "model/json/writer.hpp"

namespace tonris::model::elevenlabs {
namespace {

/// Writes one message: an object with its type first.
class message_writer {
 public:
  message_writer(std::string_view type, std::string& out) : json_(out) {
    json_.open_object();
    json_.member("type", type);
  }
  ~message_writer() { json_.close_object(); }
  message_writer(const message_writer&) = delete;
  message_writer& operator=(const message_writer&) = delete;

  json_writer* operator->() noexcept { return &json_; }
  json_writer& operator*() noexcept { return json_; }

 private:
  json_writer json_;
};

void write_agent_override(json_writer& json, const initiation& data) {
  if (!data.first_message && !data.language && !data.prompt) return;
  json.open_object("agent");
  json.member("first_message", data.first_message);
  json.member("language", data.language);
  if (data.prompt) {
    json.open_object("prompt");
    json.member("prompt", data.prompt);
    json.close_object();
  }
  json.close_object();
}

void write_tts_override(json_writer& json, const initiation& data) {
  if (!data.voice_id) return;
  json.open_object("tts");
  json.member("voice_id", data.voice_id);
  json.close_object();
}

void write_overrides(json_writer& json, const initiation& data) {
  if (!data.first_message && !data.language && !data.prompt && !data.voice_id) return;
  json.open_object("conversation_config_override");
  write_agent_override(json, data);
  write_tts_override(json, data);
  json.close_object();
}

// JSON has no word for NaN and infinity: such a variable is left out.
bool can_be_written(const variable& value) noexcept {
  const auto* const number = std::get_if<double>(&value);
  return number == nullptr || std::isfinite(*number);
}

void write_variable(json_writer& json, std::string_view name, const variable& value) {
  json.key(name);
  if (const auto* const text = std::get_if<std::string>(&value)) return json.value(*text);
  if (const auto* const number = std::get_if<double>(&value)) return json.plain_number(*number);
  if (const auto* const whole = std::get_if<std::int64_t>(&value)) return json.value(*whole);
  if (const auto* const flag = std::get_if<bool>(&value)) return json.value(*flag);
}

void write_variables(json_writer& json, const initiation& data) {
  if (data.dynamic_variables.empty()) return;
  json.open_object("dynamic_variables");
  for (const auto& [name, value] : data.dynamic_variables)
    if (can_be_written(value)) write_variable(json, name, value);
  json.close_object();
}

}  // namespace

void append_initiation(const initiation& data, std::string& out) {
  message_writer json("conversation_initiation_client_data", out);
  write_overrides(*json, data);
  write_variables(*json, data);
  if (!data.user_id.empty()) json->member("user_id", data.user_id);
}

void append_user_audio(std::string_view base64_payload, std::string& out) {
  out += audio_before;
  out += base64_payload;
  out += audio_after;
}

void append_pong(std::int64_t event_id, std::string& out) {
  message_writer("pong", out)->member("event_id", event_id);
}

void append_contextual_update(std::string_view text, std::string_view context_id, std::string& out) {
  message_writer json("contextual_update", out);
  json->member("text", text);
  if (!context_id.empty()) json->member("context_id", context_id);
}

void append_user_message(std::string_view text, std::string& out) {
  message_writer("user_message", out)->member("text", text);
}

void append_client_tool_result(std::string_view tool_call_id, std::string_view result, bool is_error,
                               std::string& out) {
  message_writer json("client_tool_result", out);
  json->member("tool_call_id", tool_call_id);
  json->member("result", result);
  json->member("is_error", is_error);
}

void append_mcp_tool_approval(std::string_view tool_call_id, bool approved, std::string& out) {
  message_writer json("mcp_tool_approval_result", out);
  json->member("tool_call_id", tool_call_id);
  json->member("is_approved", approved);
}

}  // namespace tonris::model::elevenlabs
