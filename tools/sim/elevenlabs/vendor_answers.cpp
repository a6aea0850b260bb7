#include "tools/sim/elevenlabs/vendor_answers.hpp"

#include <utility>

#include "tools/sim/wire/json.hpp"

namespace tonris::sim {
namespace {

net::http_response json(unsigned status, std::string body) {
  return net::make_response(status, "application/json", std::move(body));
}

std::string error_body(unsigned status, std::string_view code, std::string_view message) {
  if (status == 422) return R"({"detail":[{"loc":["query","agent_id"],"msg":"Field required","type":"missing"}]})";
  if (status >= 500) return R"({"detail":"Internal Server Error"})";
  if (status == 404) return R"({"detail":{"status":)" + quoted(code) + R"(,"message":)" + quoted(message) + "}}";
  return R"({"detail":{"type":"error","code":)" + quoted(code) + R"(,"message":)" + quoted(message) + R"(,"status":)" +
         quoted(code) + R"(,"request_id":"req_sim","param":null}})";
}

}  // namespace

net::http_response signed_url_answer(std::string_view url) {
  return json(200, R"({"signed_url":)" + quoted(url) + "}");
}

net::http_response settings_answer(std::string_view agent_id, const agent_behaviour& agent) {
  if (!agent.settings.empty()) return json(200, agent.settings);
  std::string events =
      R"("audio","interruption","agent_response","agent_response_correction","conversation_initiation_metadata","ping")";
  if (agent.transcripts) events += R"(,"user_transcript")";
  std::string variables;
  for (const auto& name : agent.declared_variables)
    variables.append(variables.empty() ? "" : ",").append(quoted(name)).append(R"(:"")");
  const auto allows = [&](const char* key) { return agent.allowed_overrides.contains(key) ? "true" : "false"; };
  std::string body = R"({"agent_id":)" + quoted(agent_id);
  body.append(R"(,"conversation_config":{"agent":{"dynamic_variables":{"dynamic_variable_placeholders":{)");
  body.append(variables).append("}}}");
  if (!agent.output_format.empty())
    body.append(R"(,"tts":{"agent_output_audio_format":)").append(quoted(agent.output_format)).append("}");
  if (!agent.input_format.empty())
    body.append(R"(,"asr":{"user_input_audio_format":)").append(quoted(agent.input_format)).append("}");
  body.append(R"(,"conversation":{"client_events":[)").append(events);
  body.append(R"(],"max_duration_seconds":3600}},"platform_settings":{"overrides":{"conversation_config_override":)");
  body.append(R"({"agent":{"first_message":)");
  body.append(allows("agent.first_message")).append(R"(,"language":)").append(allows("agent.language"));
  body.append(R"(,"prompt":{"prompt":)").append(allows("agent.prompt.prompt")).append(R"(}},"tts":{"voice_id":)");
  body.append(allows("tts.voice_id")).append("}}}}}");
  return json(200, std::move(body));
}

net::http_response error_answer(unsigned status, std::string_view code, std::string_view message) {
  return json(status, error_body(status, code, message));
}

std::string_view code_of(unsigned status) {
  switch (status) {
    case 401: return "invalid_api_key";
    case 402: return "insufficient_credits";
    case 404: return "agent_not_found";
    case 429: return "rate_limit_exceeded";
    default: return "refused";
  }
}

}  // namespace tonris::sim
