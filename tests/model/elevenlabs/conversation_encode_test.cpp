#include "model/elevenlabs/conversation.hpp"

#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include <limits>
#include <string>

namespace tonris::model::elevenlabs {
namespace {

template <class Append, class... Args>
std::string written(Append append, const Args&... args) {
  std::string out;
  append(args..., out);
  return out;
}

// docs/protocols/elevenlabs.md#everything-else, byte for byte.
TEST(ElevenlabsEncode, WritesEachMessageAsTheContractShows) {
  EXPECT_EQ(written(append_user_audio, "//////////////////////////8="),
            R"({"user_audio_chunk":"//////////////////////////8="})");
  EXPECT_EQ(written(append_pong, 0), R"({"type":"pong","event_id":0})");
  EXPECT_EQ(written(append_user_message, "The caller pressed key 2"),
            R"({"type":"user_message","text":"The caller pressed key 2"})");
  EXPECT_EQ(written(append_contextual_update, "DTMF so far: 12", "dtmf"),
            R"({"type":"contextual_update","text":"DTMF so far: 12","context_id":"dtmf"})");
  EXPECT_EQ(
      written(append_client_tool_result, "call_a1", R"({"transferred":true})", false),
      R"({"type":"client_tool_result","tool_call_id":"call_a1","result":"{\"transferred\":true}","is_error":false})");
  EXPECT_EQ(written(append_mcp_tool_approval, "mcp_9", false),
            R"({"type":"mcp_tool_approval_result","tool_call_id":"mcp_9","is_approved":false})");
}

TEST(ElevenlabsEncode, WritesTheOtherForms) {
  EXPECT_EQ(written(append_user_audio, ""), R"({"user_audio_chunk":""})");
  EXPECT_EQ(written(append_pong, std::numeric_limits<std::int64_t>::max()),
            R"({"type":"pong","event_id":9223372036854775807})");
  EXPECT_EQ(written(append_contextual_update, "t", ""), R"({"type":"contextual_update","text":"t"})");
  EXPECT_EQ(written(append_mcp_tool_approval, "m", true),
            R"({"type":"mcp_tool_approval_result","tool_call_id":"m","is_approved":true})");
  EXPECT_EQ(written(append_client_tool_result, "i", "", true),
            R"({"type":"client_tool_result","tool_call_id":"i","result":"","is_error":true})");
}

TEST(ElevenlabsEncode, AppendsToWhatIsThere) {
  std::string out = "before";
  append_pong(7, out);
  append_pong(8, out);
  EXPECT_EQ(out, R"(before{"type":"pong","event_id":7}{"type":"pong","event_id":8})");
}

TEST(ElevenlabsEncode, FramesAudioWithItsTwoHalves) {
  EXPECT_EQ(written(append_user_audio, "QUJD"), std::string(audio_before) + "QUJD" + std::string(audio_after));
}

TEST(ElevenlabsEncode, EscapesTexts) {
  EXPECT_EQ(written(append_user_message, std::string("\"\\/\b\f\n\r\t\x01\x7F\0é\xF0\x9F\x98\x80", 17)),
            "{\"type\":\"user_message\",\"text\":\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\x7F\\u0000é\xF0\x9F\x98\x80\"}");
  EXPECT_EQ(written(append_client_tool_result, "\"}", "x", false),
            R"({"type":"client_tool_result","tool_call_id":"\"}","result":"x","is_error":false})");
}

TEST(ElevenlabsEncode, TakesAnEmptyView) {
  EXPECT_EQ(written(append_user_message, std::string_view()), R"({"type":"user_message","text":""})");
}

TEST(ElevenlabsEncode, RepairsWhatIsNoUtf8) {
  EXPECT_EQ(written(append_user_message, "a\xFFz\xC3"),
            "{\"type\":\"user_message\",\"text\":\"a\xEF\xBF\xBDz\xEF\xBF\xBD\"}");
  EXPECT_EQ(written(append_user_message, "\xED\xA0\x80"),
            "{\"type\":\"user_message\",\"text\":\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"}");
}

TEST(ElevenlabsInitiation, IsAlmostNothingWhenNothingIsSet) {
  EXPECT_EQ(written(append_initiation, initiation{}), R"({"type":"conversation_initiation_client_data"})");
}

// docs/protocols/elevenlabs.md#initiation without what we never send; dynamic variables by name.
TEST(ElevenlabsInitiation, IsTheContractsExampleWhenAllIsSet) {
  initiation data;
  data.first_message = "Good morning, this is Nordic Hair. How can I help?";
  data.language = "da";
  data.prompt = "You answer the phone for Nordic Hair.";
  data.voice_id = "voice_demo_01";
  data.dynamic_variables = {{"tenant_id", std::string("5b1f2c1e-7d3a-4a62-9a52-0c6d5f0e9d11")},
                            {"caller_number", std::string("+4520123456")},
                            {"called_number", std::string("+4570123456")},
                            {"call_sid", std::string("CA00000000000000000000000000000001")},
                            {"business_name", std::string("Nordic Hair")}};
  data.user_id = "+4520123456";
  EXPECT_EQ(
      written(append_initiation, data),
      R"({"type":"conversation_initiation_client_data",)"
      R"("conversation_config_override":{"agent":{"first_message":"Good morning, this is Nordic Hair. How can I help?",)"
      R"("language":"da","prompt":{"prompt":"You answer the phone for Nordic Hair."}},"tts":{"voice_id":"voice_demo_01"}},)"
      R"("dynamic_variables":{"business_name":"Nordic Hair","call_sid":"CA00000000000000000000000000000001",)"
      R"("called_number":"+4570123456","caller_number":"+4520123456","tenant_id":"5b1f2c1e-7d3a-4a62-9a52-0c6d5f0e9d11"},)"
      R"("user_id":"+4520123456"})");
}

TEST(ElevenlabsInitiation, OverridesOnlyWhatIsSet) {
  const auto with = [](auto set) {
    initiation data;
    set(data);
    return written(append_initiation, data);
  };
  const std::string head = R"({"type":"conversation_initiation_client_data","conversation_config_override":)";
  EXPECT_EQ(with([](auto& d) { d.language = "en"; }), head + R"({"agent":{"language":"en"}}})");
  EXPECT_EQ(with([](auto& d) { d.first_message = ""; }), head + R"({"agent":{"first_message":""}}})");
  EXPECT_EQ(with([](auto& d) { d.prompt = "p"; }), head + R"({"agent":{"prompt":{"prompt":"p"}}}})");
  EXPECT_EQ(with([](auto& d) { d.voice_id = "v"; }), head + R"({"tts":{"voice_id":"v"}}})");
  EXPECT_EQ(with([](auto& d) { d.user_id = "u"; }), R"({"type":"conversation_initiation_client_data","user_id":"u"})");
}

TEST(ElevenlabsInitiation, WritesVariablesByType) {
  initiation data;
  data.dynamic_variables = {{"a", std::string("t")},
                            {"b", true},
                            {"c", 1.5},
                            {"d", 5.0},
                            {"e", -0.0},
                            {"f", 1e300},
                            {"g", std::int64_t{9007199254740993}},
                            {"h", std::numeric_limits<std::int64_t>::min()}};
  EXPECT_EQ(
      written(append_initiation, data),
      R"({"type":"conversation_initiation_client_data","dynamic_variables":{"a":"t","b":true,"c":1.5,"d":5,"e":0,"f":1e300,)"
      R"("g":9007199254740993,"h":-9223372036854775808}})");
}

TEST(ElevenlabsInitiation, LeavesOutWhatJsonCannotSay) {
  initiation data;
  data.dynamic_variables = {{"a", std::numeric_limits<double>::quiet_NaN()},
                            {"b", std::numeric_limits<double>::infinity()},
                            {"c", -std::numeric_limits<double>::infinity()},
                            {"d", false}};
  EXPECT_EQ(written(append_initiation, data),
            R"({"type":"conversation_initiation_client_data","dynamic_variables":{"d":false}})");
}

TEST(ElevenlabsInitiation, NeverNamesAnAudioFormat) {
  initiation data;
  data.first_message = data.language = data.prompt = data.voice_id = "x";
  EXPECT_EQ(written(append_initiation, data).find("format"), std::string::npos);
}

}  // namespace
}  // namespace tonris::model::elevenlabs
