#include <cmath>

#include <rapidjson/writer.h>

#include "model/elevenlabs/conversation.hpp"
#include "model/text/utf8.hpp"

namespace tonris::model::elevenlabs {
namespace {

/// RapidJSON's output stream over a string that the caller keeps and reuses.
struct string_sink {
  using Ch = char;
  std::string& text;
  void Put(char c) { text.push_back(c); }
  void Flush() {}
};

constexpr std::string_view replacement_character = "\xEF\xBF\xBD";

/// With each byte that is no UTF-8 replaced: a text frame with such a byte ends the whole conversation (RFC 6455).
std::string repaired(std::string_view text) {
  std::string good;
  good.reserve(text.size() + replacement_character.size());
  while (!text.empty()) {
    const auto length = utf8_length(text);
    good += length > 0 ? text.substr(0, length) : replacement_character;
    text.remove_prefix(length > 0 ? length : 1);
  }
  return good;
}

bool is_utf8(std::string_view text) noexcept {
  while (!text.empty()) {
    const auto length = utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

/// Writes one message: an object with its type first.
class message_writer {
 public:
  message_writer(std::string_view type, std::string& out) : sink_{out}, json_(sink_) {
    json_.StartObject();
    member("type", type);
  }
  ~message_writer() { json_.EndObject(); }
  message_writer(const message_writer&) = delete;
  message_writer& operator=(const message_writer&) = delete;

  void member(std::string_view name, std::string_view text) {
    string(name);
    string(text);
  }
  void member(std::string_view name, const char* text) { member(name, std::string_view(text)); }
  void member(std::string_view name, bool flag) {
    string(name);
    json_.Bool(flag);
  }
  void member(std::string_view name, std::int64_t whole) {
    string(name);
    json_.Int64(whole);
  }
  /// Finite numbers only. Whole ones are written as such: an agent reads "5.0" out loud.
  void member(std::string_view name, double number) {
    string(name);
    if (number == std::trunc(number) && std::abs(number) < 1e15)
      json_.Int64(static_cast<std::int64_t>(number));
    else
      json_.Double(number);
  }
  void null_member(std::string_view name) {
    string(name);
    json_.Null();
  }
  void open(std::string_view name) {
    string(name);
    json_.StartObject();
  }
  void close() { json_.EndObject(); }

 private:
  void string(std::string_view text) {
    if (is_utf8(text)) return put(text);
    put(repaired(text));
  }
  // The writer refuses a null pointer, which an empty view may have.
  void put(std::string_view text) {
    json_.String(text.empty() ? "" : text.data(), static_cast<rapidjson::SizeType>(text.size()));
  }

  string_sink sink_;
  rapidjson::Writer<string_sink> json_;
};

void write_if_set(message_writer& json, std::string_view name, const std::optional<std::string>& text) {
  if (text) json.member(name, std::string_view(*text));
}

void write_agent_override(message_writer& json, const initiation& data) {
  if (!data.first_message && !data.language && !data.prompt) return;
  json.open("agent");
  write_if_set(json, "first_message", data.first_message);
  write_if_set(json, "language", data.language);
  if (data.prompt) {
    json.open("prompt");
    write_if_set(json, "prompt", data.prompt);
    json.close();
  }
  json.close();
}

void write_tts_override(message_writer& json, const initiation& data) {
  if (!data.voice_id) return;
  json.open("tts");
  write_if_set(json, "voice_id", data.voice_id);
  json.close();
}

void write_overrides(message_writer& json, const initiation& data) {
  if (!data.first_message && !data.language && !data.prompt && !data.voice_id) return;
  json.open("conversation_config_override");
  write_agent_override(json, data);
  write_tts_override(json, data);
  json.close();
}

// JSON has no word for NaN and infinity: such a variable is left out.
bool can_be_written(const variable& value) noexcept {
  const auto* const number = std::get_if<double>(&value);
  return number == nullptr || std::isfinite(*number);
}

void write_variable(message_writer& json, std::string_view name, const variable& value) {
  if (const auto* const text = std::get_if<std::string>(&value)) return json.member(name, std::string_view(*text));
  if (const auto* const number = std::get_if<double>(&value)) return json.member(name, *number);
  if (const auto* const whole = std::get_if<std::int64_t>(&value)) return json.member(name, *whole);
  if (const auto* const flag = std::get_if<bool>(&value)) return json.member(name, *flag);
}

void write_variables(message_writer& json, const initiation& data) {
  if (data.dynamic_variables.empty()) return;
  json.open("dynamic_variables");
  for (const auto& [name, value] : data.dynamic_variables)
    if (can_be_written(value)) write_variable(json, name, value);
  json.close();
}

}  // namespace

void append_initiation(const initiation& data, std::string& out) {
  message_writer json("conversation_initiation_client_data", out);
  write_overrides(json, data);
  write_variables(json, data);
  if (!data.user_id.empty()) json.member("user_id", std::string_view(data.user_id));
}

void append_user_audio(std::string_view base64_payload, std::string& out) {
  out += audio_before;
  out += base64_payload;
  out += audio_after;
}

void append_pong(std::int64_t event_id, std::string& out) {
  message_writer("pong", out).member("event_id", event_id);
}

void append_contextual_update(std::string_view text, std::string_view context_id, std::string& out) {
  message_writer json("contextual_update", out);
  json.member("text", text);
  if (!context_id.empty()) json.member("context_id", context_id);
}

void append_user_message(std::string_view text, std::string& out) {
  message_writer("user_message", out).member("text", text);
}

void append_user_activity(std::string& out) {
  const message_writer json("user_activity", out);
}

void append_client_tool_result(std::string_view tool_call_id, std::string_view result, bool is_error,
                               std::string& out) {
  message_writer json("client_tool_result", out);
  json.member("tool_call_id", tool_call_id);
  json.member("result", result);
  json.member("is_error", is_error);
}

void append_mcp_tool_approval(std::string_view tool_call_id, bool approved, std::string& out) {
  message_writer json("mcp_tool_approval_result", out);
  json.member("tool_call_id", tool_call_id);
  json.member("is_approved", approved);
}

void append_feedback(std::int64_t event_id, std::optional<bool> like, std::string& out) {
  message_writer json("feedback", out);
  json.member("event_id", event_id);
  if (like)
    json.member("score", *like ? "like" : "dislike");
  else
    json.null_member("score");
}

}  // namespace tonris::model::elevenlabs
