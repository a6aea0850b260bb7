#include "model/elevenlabs/agent_settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tonris::model::elevenlabs {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(AgentSettings, AreRead) {
  const auto agent = decode_agent_settings(R"({"agent_id":"agent_demo","name":"Front desk","conversation_config":{
    "agent":{"first_message":"Hello from {{ business_name }} {{system__time}}","language":"en",
      "dynamic_variables":{"dynamic_variable_placeholders":{"parking":"x","business_name":"y"}},
      "prompt":{"prompt":"You know {{parking}} and {{mood}}. {{unfinished","tools":[
        {"type":"client","name":"transfer_call","expects_response":true},{"type":"client","name":"note"},
        {"type":"webhook","name":"lookup"},{"type":"system","name":"end_call"},{"type":"client"},7],
        "built_in_tools":{"end_call":{"name":"end_call"},"transfer_to_number":{"name":"x"},"skip_turn":null}}},
    "asr":{"user_input_audio_format":"ulaw_8000"},"tts":{"agent_output_audio_format":"pcm_24000"},
    "conversation":{"max_duration_seconds":900,"client_events":["audio","interruption",null]},
    "language_presets":{"da":{},"es":{}}},
   "platform_settings":{"auth":{"enable_auth":true,"allowlist":[{"hostname":"a.example"}]},
    "call_limits":{"agent_concurrency_limit":5,"daily_limit":100},
    "overrides":{"enable_conversation_initiation_client_data_from_webhook":true,"conversation_config_override":{
      "agent":{"first_message":true,"language":true,"prompt":{"prompt":true}},"tts":{"voice_id":true}}}}})");
  ASSERT_TRUE(agent);
  EXPECT_EQ(agent->id, "agent_demo");
  EXPECT_EQ(agent->name, "Front desk");
  EXPECT_EQ(agent->output_format, "pcm_24000");
  EXPECT_EQ(agent->input_format, "ulaw_8000");
  EXPECT_THAT(agent->client_events.value(), ElementsAre("audio", "interruption"));
  EXPECT_EQ(agent->language, "en");
  EXPECT_THAT(agent->further_languages, ElementsAre("da", "es"));
  EXPECT_THAT(agent->variables, ElementsAre("business_name", "mood", "parking", "system__time"));
  EXPECT_THAT(agent->client_tools,
              ElementsAre(agent_settings::tool{"transfer_call", true}, agent_settings::tool{"note", false}));
  EXPECT_THAT(agent->system_tools, ElementsAre("end_call", "transfer_to_number"));
  EXPECT_TRUE(agent->may_override_first_message && agent->may_override_language && agent->may_override_prompt &&
              agent->may_override_voice);
  EXPECT_TRUE(agent->asks_for_initiation);
  EXPECT_TRUE(agent->needs_origin);
  EXPECT_EQ(agent->max_duration_seconds, 900);
  EXPECT_EQ(agent->concurrency_limit, 5);
  EXPECT_EQ(agent->daily_limit, 100);
}

/// A conversation that lacks one of them is closed as one that lacks a variable of the prompt is.
TEST(AgentSettings, HaveTheVariablesThatInlineToolsAreFilledWith) {
  const auto agent = decode_agent_settings(R"({"conversation_config":{"agent":{"prompt":{"tools":[
    {"type":"webhook","name":"book","api_schema":{
      "url":"https://crm.example/{{ shop_id }}/book/{path}","request_headers":{"X-Plain":"is {{plan}}",
        "Authorization":{"secret_id":"s"},"X-Key":{"variable_name":"secret__key"}},
      "path_params_schema":{"path":{"type":"string","dynamic_variable":"path_var"}},
      "query_params_schema":{"properties":{"day":{"type":"string","description":"{{not_one}}","dynamic_variable":""}}},
      "request_body_schema":{"type":"object","properties":{"who":{"type":"object","properties":{
        "number":{"type":"string","dynamic_variable":"system__caller_id"},
        "dynamic_variable":{"type":"string","constant_value":"x"}}},
        "list":{"type":"array","items":{"dynamic_variable":"in_list"}}}}},
     "assignments":[{"source":"response","dynamic_variable":"its_own","value_path":"a"}]},
    {"type":"client","name":"note","parameters":{"properties":{"what":{"dynamic_variable":"of_client"}}}}]}}}})");
  ASSERT_TRUE(agent);
  EXPECT_THAT(agent->variables,
              ElementsAre("in_list", "of_client", "path_var", "plan", "secret__key", "shop_id", "system__caller_id"));
}

TEST(AgentSettings, HaveAPostCallWebhookOfTheirOwn) {
  const auto agent = decode_agent_settings(R"({"platform_settings":{"workspace_overrides":{"webhooks":{
    "post_call_webhook_id":"wh_1","events":["audio",7]}}}})");
  ASSERT_TRUE(agent);
  EXPECT_EQ(agent->post_call, (post_call_choice{"wh_1", std::vector<std::string>{"audio"}}));
  for (const auto* none :
       {"{}", R"({"platform_settings":{"workspace_overrides":{"webhooks":null}}})",
        R"({"platform_settings":{"workspace_overrides":{"webhooks":{"post_call_webhook_id":null}}}})"})
    EXPECT_EQ(decode_agent_settings(none).value().post_call, post_call_choice{}) << none;
}

TEST(AgentSettings, AreTheServicesWhereNothingIsSaid) {
  for (const auto* body :
       {"{}", R"({"agent_id":null,"conversation_config":null,"platform_settings":null})",
        R"({"agent_id":7,"conversation_config":[],"platform_settings":"x"})",
        R"({"conversation_config":{"agent":7,"asr":{"user_input_audio_format":8},"tts":[],"language_presets":[],)"
        R"("conversation":{"max_duration_seconds":"long","client_events":{}}},"platform_settings":{"auth":[],)"
        R"("overrides":{"conversation_config_override":{"agent":{"first_message":"yes","prompt":true}}},)"
        R"("call_limits":{"agent_concurrency_limit":1.5}}})",
        R"({"conversation_config":{"agent":{"prompt":{"tools":{},"built_in_tools":[]},"dynamic_variables":[]}}})"}) {
    const auto agent = decode_agent_settings(body);
    ASSERT_TRUE(agent) << body;
    EXPECT_EQ(agent->id, "");
    EXPECT_EQ(agent->output_format, "pcm_16000");
    EXPECT_EQ(agent->client_events, std::nullopt);
    EXPECT_THAT(agent->variables, IsEmpty());
    EXPECT_THAT(agent->client_tools, IsEmpty());
    EXPECT_FALSE(agent->may_override_first_message || agent->may_override_prompt || agent->needs_origin ||
                 agent->asks_for_initiation);
    EXPECT_EQ(agent->max_duration_seconds, 600);
    EXPECT_EQ(agent->concurrency_limit, -1);
  }
}

TEST(AgentSettings, AreBounded) {
  std::string tools, variables;
  for (int n = 0; n < 1000; ++n) {
    tools += (n == 0 ? "" : ",") + std::string{R"({"type":"client","name":"t)"} + std::to_string(n) + "\"}";
    variables += "{{v" + std::to_string(n) + "}}";
  }
  const auto agent = decode_agent_settings(R"({"name":")" + std::string(1000, 'x') +
                                           R"(","conversation_config":{"agent":{"first_message":")" + variables +
                                           R"(","prompt":{"tools":[)" + tools + "]}}}}");
  ASSERT_TRUE(agent);
  EXPECT_EQ(agent->name.size(), 100U);
  EXPECT_EQ(agent->client_tools.size(), 200U);
  EXPECT_EQ(agent->variables.size(), 200U);
}

TEST(AgentSettings, AreRefusedWhereTheyAreNoJsonObject) {
  EXPECT_EQ(decode_agent_settings("").error(), codec_errc::not_json);
  EXPECT_EQ(decode_agent_settings("[]").error(), codec_errc::not_json);
  EXPECT_EQ(decode_agent_settings(std::string(max_agent_settings_bytes + 1, ' ')).error(), codec_errc::too_long);
}

}  // namespace
}  // namespace tonris::model::elevenlabs
