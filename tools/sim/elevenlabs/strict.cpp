#include "tools/sim/elevenlabs/strict.hpp"

#include <algorithm>
#include <array>

#include "model/text/base64.hpp"
#include "tools/sim/wire/json.hpp"

namespace tonris::sim {
namespace {

using rapidjson::Value;
using checked = tl::expected<client_message, violation>;

tl::unexpected<violation> refuse(std::string rule, std::string detail) {
  return tl::unexpected{violation{std::move(rule), std::move(detail)}};
}

constexpr std::array<std::string_view, 7> format_keys{
    "agent_output_audio_format", "user_input_audio_format", "output_format", "input_format", "audio_format",
    "output_audio_format",       "input_audio_format"};

/// The leaves of an override, as paths; lists and everything that is no object are leaves.
void collect(const Value& object, const std::string& path, client_initiation& out, int depth) {
  for (const auto& member : object.GetObject()) {
    const std::string name{text_of(member.name)};
    auto here = path;
    if (!here.empty()) here += '.';
    here += name;
    if (std::ranges::find(format_keys, name) != format_keys.end()) out.format_keys = true;
    if (member.value.IsObject() && depth < 8) {
      if (member.value.ObjectEmpty()) out.faults.push_back({"empty_override", here + " is empty"});
      collect(member.value, here, out, depth + 1);
      continue;
    }
    const bool nothing = member.value.IsNull() || (member.value.IsString() && member.value.GetStringLength() == 0);
    if (nothing) out.faults.push_back({"empty_override", here + " is null or empty: leave it out"});
    out.overrides.push_back(here);
  }
}

void take_variables(const Value& variables, client_initiation& out) {
  if (!variables.IsObject()) return out.faults.push_back({"bad_field", "dynamic_variables is not an object"});
  for (const auto& member : variables.GetObject()) {
    const std::string name{text_of(member.name)};
    const auto& value = member.value;
    if (name.starts_with("system__")) out.faults.push_back({"reserved_variable", name});
    if (value.IsString())
      out.variables[name] = text_of(value);
    else if (value.IsBool())
      out.variables[name] = value.GetBool() ? "true" : "false";
    else if (value.IsInt64())
      out.variables[name] = std::to_string(value.GetInt64());
    else if (value.IsNumber())
      out.variables[name] = std::to_string(value.GetDouble());
    else
      out.faults.push_back({"bad_variable", name + " is neither string, number nor boolean"});
  }
}

client_initiation take_initiation(const Value& message, std::string_view text) {
  client_initiation out;
  out.json = text;
  const auto fault =
      key_fault(message, {"type"},
                {"conversation_config_override", "custom_llm_extra_body", "dynamic_variables", "user_id", "source_info",
                 "branch_id", "environment", "starting_workflow_node_id", "procedure_ids", "tool_mock_config"});
  if (!fault.empty()) out.faults.push_back({"extra_key", "initiation: " + fault});
  if (const auto* config = find(message, "conversation_config_override")) {
    if (config->IsObject())
      collect(*config, "", out, 0);
    else
      out.faults.push_back({"bad_field", "conversation_config_override is not an object"});
  }
  if (find(message, "custom_llm_extra_body") != nullptr) out.overrides.emplace_back("custom_llm_extra_body");
  if (const auto* variables = find(message, "dynamic_variables")) take_variables(*variables, out);
  if (const auto* user = find(message, "user_id"); user != nullptr && !user->IsString())
    out.faults.push_back({"bad_field", "user_id is not a string"});
  return out;
}

checked take_audio(const Value& message) {
  if (const auto fault = key_fault(message, {"user_audio_chunk"}); !fault.empty())
    return refuse("extra_key", "user_audio_chunk: " + fault);
  const auto payload = find_string(message, "user_audio_chunk");
  if (!payload) return refuse("bad_field", "user_audio_chunk is not a string");
  client_audio out;
  if (!model::append_decoded(*payload, out.bytes)) return refuse("bad_base64", "user_audio_chunk is not Base64");
  return out;
}

checked take_pong(const Value& message) {
  if (const auto fault = key_fault(message, {"type", "event_id"}); !fault.empty())
    return refuse("extra_key", "pong: " + fault);
  const auto id = find_int(message, "event_id");
  if (!id) return refuse("bad_pong", "event_id of a pong is not an integer");
  return client_pong{*id};
}

checked take_tool_result(const Value& message) {
  const auto fault = key_fault(message, {"type", "tool_call_id", "result", "is_error"}, {"error_type"});
  if (!fault.empty()) return refuse("extra_key", "client_tool_result: " + fault);
  const auto id = find_string(message, "tool_call_id");
  const auto result = find_string(message, "result");
  const auto is_error = find_bool(message, "is_error");
  if (!id || !result || !is_error)
    return refuse("bad_field", "client_tool_result: id and result are strings, is_error a boolean");
  return client_tool_result{std::string{*id}, std::string{*result}, *is_error};
}

checked take_text(const Value& message, std::string_view type) {
  const bool context = type == "contextual_update";
  const auto fault = context ? key_fault(message, {"type", "text"}, {"context_id"})
                             : key_fault(message, {"type", "text"}, {"rich_content_id"});
  if (!fault.empty()) return refuse("extra_key", std::string{type} + ": " + fault);
  const auto text = find_string(message, "text");
  if (!text) return refuse("bad_field", std::string{type} + ": text is not a string");
  return client_text{std::string{type}, std::string{*text}};
}

checked take_other(const Value& message, std::string_view type) {
  std::string fault;
  if (type == "user_activity") fault = key_fault(message, {"type"});
  if (type == "feedback") fault = key_fault(message, {"type", "event_id", "score"});
  if (type == "mcp_tool_approval_result") fault = key_fault(message, {"type", "tool_call_id", "is_approved"});
  if (!fault.empty()) return refuse("extra_key", std::string{type} + ": " + fault);
  return client_other{std::string{type}};
}

}  // namespace

checked check_client_message(std::string_view text) {
  rapidjson::Document message;
  if (!parse_object(text, message)) return refuse("not_json", "a message is not one JSON object");
  if (find(message, "user_audio_chunk") != nullptr) return take_audio(message);
  const auto type = find_string(message, "type");
  if (!type) return refuse("no_type", "a message has no type");
  if (*type == "conversation_initiation_client_data") return take_initiation(message, text);
  if (*type == "pong") return take_pong(message);
  if (*type == "client_tool_result") return take_tool_result(message);
  if (*type == "user_message" || *type == "contextual_update") return take_text(message, *type);
  if (*type == "user_activity" || *type == "feedback" || *type == "mcp_tool_approval_result")
    return take_other(message, *type);
  return refuse("unknown_type", "type \"" + std::string{type->substr(0, 40)} + "\"");
}

std::optional<violation> fault_of_audio(const client_audio& audio, model::audio_format format) {
  const auto& bytes = audio.bytes;
  if (bytes.empty()) return violation{"empty_audio", "user_audio_chunk holds no audio"};
  if (bytes.size() % model::bytes_per_sample(format) != 0)
    return violation{"half_sample", std::to_string(bytes.size()) + " bytes of 16-bit PCM"};
  if (bytes.size() > model::bytes_of_ms(format, 1000))
    return violation{"audio_too_long", std::to_string(bytes.size()) + " bytes in one chunk"};
  const std::string head(bytes.begin(),
                         bytes.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(4, bytes.size())));
  if (head == "RIFF" || head.starts_with("ID3")) return violation{"not_audio", "user_audio_chunk starts like a file"};
  return std::nullopt;
}

std::optional<session_refusal> refusal_of(const client_initiation& init, const agent_behaviour& agent) {
  if (init.format_keys) return session_refusal{"override_error", "Override of the audio format is not allowed"};
  for (const auto& path : init.overrides)
    if (!agent.allowed_overrides.contains(path))
      return session_refusal{"override_error",
                             "Override for field '" + path.substr(0, 80) + "' is not allowed by config."};
  std::string missing;
  for (const auto& name : agent.declared_variables)
    if (!init.variables.contains(name)) missing += (missing.empty() ? "'" : ", '") + name + "'";
  if (missing.empty()) return std::nullopt;
  return session_refusal{"missing_dynamic_variable",
                         "Missing required dynamic variables in first message: {" + missing + "}"};
}

}  // namespace tonris::sim
