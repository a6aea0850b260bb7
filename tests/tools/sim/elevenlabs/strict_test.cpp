#include "tools/sim/elevenlabs/strict.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace tonris::sim;
using testing::ElementsAre;
using tonris::model::audio_format;

client_initiation initiation(const std::string& inside) {
  const auto checked = check_client_message(R"({"type":"conversation_initiation_client_data")" + inside + "}");
  return checked ? std::get<client_initiation>(*checked) : client_initiation{};
}

TEST(SimStrictElevenlabs, TakesTheMessagesOfTheProtocol) {
  EXPECT_TRUE(check_client_message(R"({"user_audio_chunk":"//////////////////////////8="})"));
  EXPECT_TRUE(check_client_message(R"({"type":"pong","event_id":0})"));
  EXPECT_TRUE(check_client_message(R"({"type":"user_message","text":"The caller pressed key 2"})"));
  EXPECT_TRUE(check_client_message(R"({"type":"user_activity"})"));
  EXPECT_TRUE(check_client_message(R"({"type":"contextual_update","text":"DTMF so far: 12","context_id":"dtmf"})"));
  EXPECT_TRUE(check_client_message(R"({"type":"feedback","event_id":14,"score":"like"})"));
  EXPECT_TRUE(check_client_message(
      R"({"type":"client_tool_result","tool_call_id":"call_a1","result":"{\"transferred\":true}","is_error":false})"));
  EXPECT_TRUE(
      check_client_message(R"({"type":"mcp_tool_approval_result","tool_call_id":"mcp_9","is_approved":false})"));
  EXPECT_TRUE(check_client_message(R"({"type":"conversation_initiation_client_data"})"));
}

TEST(SimStrictElevenlabs, ReadsWhatAnInitiationSets) {
  const auto init = initiation(
      R"(,"conversation_config_override":{"agent":{"first_message":"Hi","prompt":{"prompt":"P"}},"tts":{"speed":1.0}})"
      R"(,"dynamic_variables":{"call_sid":"CA1","vip":true,"count":2},"user_id":"+45")");
  EXPECT_THAT(init.overrides, ElementsAre("agent.first_message", "agent.prompt.prompt", "tts.speed"));
  EXPECT_EQ(init.variables.at("call_sid"), "CA1");
  EXPECT_EQ(init.variables.at("vip"), "true");
  EXPECT_TRUE(init.faults.empty());
  EXPECT_FALSE(init.format_keys);
}

TEST(SimStrictElevenlabs, RefusesAnOverrideThatIsNotAllowed) {
  const auto init = initiation(R"(,"conversation_config_override":{"agent":{"language":"en"}})");
  agent_behaviour agent;
  const auto why = refusal_of(init, agent);
  ASSERT_TRUE(why);
  EXPECT_EQ(why->error_type, "override_error");
  agent.allowed_overrides = {"agent.language"};
  EXPECT_FALSE(refusal_of(init, agent));
}

TEST(SimStrictElevenlabs, NeverTakesAFormatKey) {
  for (const std::string inside :
       {R"({"tts":{"output_format":"ulaw_8000"}})", R"({"agent":{"agent_output_audio_format":"x"}})"}) {
    const auto init = initiation(R"(,"conversation_config_override":)" + inside);
    EXPECT_TRUE(init.format_keys) << inside;
    agent_behaviour agent;
    agent.allowed_overrides = {"tts.output_format", "agent.agent_output_audio_format"};
    EXPECT_TRUE(refusal_of(init, agent)) << inside;
  }
}

TEST(SimStrictElevenlabs, NamesADeclaredVariableThatIsMissing) {
  agent_behaviour agent;
  agent.declared_variables = {"call_sid", "business_name"};
  const auto why = refusal_of(initiation(R"(,"dynamic_variables":{"call_sid":"CA1"})"), agent);
  ASSERT_TRUE(why);
  EXPECT_EQ(why->error_type, "missing_dynamic_variable");
  EXPECT_THAT(why->message, testing::HasSubstr("{'business_name'}"));
}

struct init_fault {
  std::string name, rule, inside;
};
class SimStrictElevenlabsInitiation : public testing::TestWithParam<init_fault> {};

TEST_P(SimStrictElevenlabsInitiation, FlagsTheFault) {
  const auto init = initiation(GetParam().inside);
  ASSERT_FALSE(init.faults.empty());
  EXPECT_EQ(init.faults.front().rule, GetParam().rule);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, SimStrictElevenlabsInitiation,
    testing::Values(
        init_fault{"UnknownKey", "extra_key", R"(,"agent":{"first_message":"nested wrongly"})"},
        init_fault{"OverrideIsText", "bad_field", R"(,"conversation_config_override":"x")"},
        init_fault{"NullOverride", "empty_override", R"(,"conversation_config_override":{"agent":{"language":null}})"},
        init_fault{"EmptyOverride", "empty_override", R"(,"conversation_config_override":{"agent":{"language":""}})"},
        init_fault{"EmptyGroup", "empty_override", R"(,"conversation_config_override":{"tts":{}})"},
        init_fault{"ReservedVariable", "reserved_variable", R"(,"dynamic_variables":{"system__x":"1"})"},
        init_fault{"ObjectVariable", "bad_variable", R"(,"dynamic_variables":{"x":{}})"},
        init_fault{"NullVariable", "bad_variable", R"(,"dynamic_variables":{"x":null})"},
        init_fault{"VariablesAreAList", "bad_field", R"(,"dynamic_variables":[])"},
        init_fault{"UserIdIsANumber", "bad_field", R"(,"user_id":45)"}),
    [](const auto& row) { return row.param.name; });

struct fault {
  std::string name, rule, text;
};
class SimStrictElevenlabsFlags : public testing::TestWithParam<fault> {};

TEST_P(SimStrictElevenlabsFlags, TheFault) {
  const auto checked = check_client_message(GetParam().text);
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().rule, GetParam().rule) << checked.error().detail;
}

INSTANTIATE_TEST_SUITE_P(
    Rows, SimStrictElevenlabsFlags,
    testing::Values(fault{"Garbage", "not_json", "x"}, fault{"NoType", "no_type", "{}"},
                    fault{"UnknownType", "unknown_type", R"({"type":"interrupt"})"},
                    fault{"AudioWithAType", "extra_key", R"({"type":"audio","user_audio_chunk":"/w=="})"},
                    fault{"AudioIsANumber", "bad_field", R"({"user_audio_chunk":1})"},
                    fault{"NotBase64", "bad_base64", R"({"user_audio_chunk":"/w"})"},
                    fault{"PongWithoutId", "extra_key", R"({"type":"pong"})"},
                    fault{"PongIdIsText", "bad_pong", R"({"type":"pong","event_id":"0"})"},
                    fault{"PongIdIsAFraction", "bad_pong", R"({"type":"pong","event_id":1.5})"},
                    fault{"ToolResultIsAnObject", "bad_field",
                          R"({"type":"client_tool_result","tool_call_id":"a","result":{},"is_error":false})"},
                    fault{"ToolResultWithoutError", "extra_key",
                          R"({"type":"client_tool_result","tool_call_id":"a","result":""})"},
                    fault{"TextMissing", "extra_key", R"({"type":"contextual_update"})"}),
    [](const auto& row) { return row.param.name; });

TEST(SimStrictElevenlabs, FlagsAudioThatCannotBeOfItsFormat) {
  const auto rule = [](std::vector<std::uint8_t> bytes, audio_format format) {
    const auto found = fault_of_audio({std::move(bytes)}, format);
    return found ? found->rule : std::string{};
  };
  EXPECT_EQ(rule(std::vector<std::uint8_t>(160), audio_format::ulaw_8000), "");
  EXPECT_EQ(rule(std::vector<std::uint8_t>(640), audio_format::pcm_16000), "");
  EXPECT_EQ(rule({}, audio_format::ulaw_8000), "empty_audio");
  EXPECT_EQ(rule(std::vector<std::uint8_t>(161), audio_format::pcm_8000), "half_sample");
  EXPECT_EQ(rule(std::vector<std::uint8_t>(8001), audio_format::ulaw_8000), "audio_too_long");
  EXPECT_EQ(rule({'R', 'I', 'F', 'F', 0, 0}, audio_format::ulaw_8000), "not_audio");
}

}  // namespace
