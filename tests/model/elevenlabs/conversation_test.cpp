#include "model/elevenlabs/conversation.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace tonris::model::elevenlabs {
namespace {

template <class Event>
Event decoded_as(std::string_view text) {
  const auto read = decode(text);
  if (!read) {
    ADD_FAILURE() << text.substr(0, 200) << ": " << to_string(read.error());
    return {};
  }
  const auto* const event = std::get_if<Event>(&*read);
  if (event == nullptr) ADD_FAILURE() << text.substr(0, 200) << " is alternative " << read->index();
  return event == nullptr ? Event{} : *event;
}

std::string refusal(std::string_view text) {
  const auto read = decode(text);
  return read ? "decoded" : std::string(to_string(read.error()));
}

std::string name(codec_errc why) {
  return std::string(to_string(why));
}

TEST(ElevenlabsDecode, ReadsMetadata) {
  const auto m = decoded_as<metadata>(
      R"({"type":"conversation_initiation_metadata","conversation_initiation_metadata_event":{"conversation_id":"conv_8501k6demo","agent_output_audio_format":"pcm_16000","user_input_audio_format":"ulaw_8000"}})");
  EXPECT_EQ(m.conversation.value, "conv_8501k6demo");
  EXPECT_EQ(m.agent_output_format, "pcm_16000");
  EXPECT_EQ(m.user_input_format, "ulaw_8000");
}

TEST(ElevenlabsDecode, ReadsMetadataWithoutFormats) {
  const auto m = decoded_as<metadata>(
      R"({"conversation_initiation_metadata_event":{"conversation_id":"c","user_input_audio_format":null},"type":"conversation_initiation_metadata"})");
  EXPECT_EQ(m.conversation.value, "c");
  EXPECT_EQ(m.agent_output_format, "");
  EXPECT_EQ(m.user_input_format, "");
}

TEST(ElevenlabsDecode, ReadsAudio) {
  const auto a = decoded_as<audio>(
      R"({"type":"audio","audio_event":{"audio_base_64":"AAAAAAAAAAA=","event_id":1,"alignment":{"chars":["H","i"],"char_start_times_ms":[0,90],"char_durations_ms":[90,110]}}})");
  EXPECT_EQ(a.payload, "AAAAAAAAAAA=");
  EXPECT_EQ(a.event_id, 1);
}

TEST(ElevenlabsDecode, ReadsAudioInAnyOrderAndEscaped) {
  const auto a = decoded_as<audio>(
      "\n{ \"audio_event\" : { \"is_final\":true,\"event_id\" : 0 , \"\\u0061udio_base_64\" : \"\\/\\/8\\u003d\" } ,"
      "\"type\" : \"a\\u0075dio\" }\t");
  EXPECT_EQ(a.payload, "//8=");
  EXPECT_EQ(a.event_id, 0);
}

TEST(ElevenlabsDecode, ReadsEmptyAudio) {
  EXPECT_EQ(decoded_as<audio>(R"({"type":"audio","audio_event":{"audio_base_64":"","event_id":3}})").payload, "");
}

TEST(ElevenlabsDecode, ReadsAudioOfTwoMebibytes) {
  const std::string payload(2 * 1024 * 1024, 'A');
  const auto a =
      decoded_as<audio>(R"({"type":"audio","audio_event":{"event_id":1,"audio_base_64":")" + payload + "\"}}");
  EXPECT_EQ(a.payload, payload);
}

TEST(ElevenlabsDecode, ReadsInterruptions) {
  EXPECT_EQ(decoded_as<interruption>(R"({"type":"interruption","interruption_event":{"event_id":1}})").event_id, 1);
  EXPECT_EQ(decoded_as<interruption>(
                R"({"type":"interruption","interruption_event":{"reason":"x","event_id":9223372036854775807}})")
                .event_id,
            9223372036854775807);
}

TEST(ElevenlabsDecode, ReadsPings) {
  const auto without = decoded_as<ping>(R"({"type":"ping","ping_event":{"event_id":2,"ping_ms":null}})");
  EXPECT_EQ(without.event_id, 2);
  EXPECT_EQ(without.ping_ms, std::nullopt);
  EXPECT_EQ(decoded_as<ping>(R"({"type":"ping","ping_event":{"event_id":2}})").ping_ms, std::nullopt);
  const auto zero = decoded_as<ping>(R"({"type":"ping","ping_event":{"event_id":0,"ping_ms":48}})");
  EXPECT_EQ(zero.event_id, 0);
  EXPECT_EQ(zero.ping_ms, 48);
}

TEST(ElevenlabsDecode, ReadsTranscripts) {
  const auto final_one = decoded_as<user_transcript>(
      R"({"type":"user_transcript","user_transcription_event":{"user_transcript":"I would like to book a haircut.","event_id":4}})");
  EXPECT_EQ(final_one.text, "I would like to book a haircut.");
  EXPECT_EQ(final_one.event_id, 4);
  EXPECT_FALSE(final_one.tentative);
  const auto partial = decoded_as<user_transcript>(
      R"({"type":"tentative_user_transcript","tentative_user_transcription_event":{"user_transcript":"I would like","event_id":3}})");
  EXPECT_EQ(partial.text, "I would like");
  EXPECT_TRUE(partial.tentative);
}

TEST(ElevenlabsDecode, ReadsWhatTheAgentSays) {
  const auto said = decoded_as<agent_response>(
      R"({"type":"agent_response","agent_response_event":{"agent_response":"Good morning, how can I help?","event_id":1}})");
  EXPECT_EQ(said.text, "Good morning, how can I help?");
  EXPECT_EQ(said.event_id, 1);
  const auto old = decoded_as<agent_response>(
      R"({"type":"agent_response","agent_response_event":{"agent_response":"God dag, Jørgen \ud83d\ude00"}})");
  EXPECT_EQ(old.text, "God dag, Jørgen \xF0\x9F\x98\x80");
  EXPECT_EQ(old.event_id, 0);
}

TEST(ElevenlabsDecode, ReadsCorrections) {
  const auto c = decoded_as<agent_response_correction>(
      R"({"type":"agent_response_correction","agent_response_correction_event":{"original_agent_response":"Good morning, how can I help?","corrected_agent_response":"Good morning...","event_id":1}})");
  EXPECT_EQ(c.original, "Good morning, how can I help?");
  EXPECT_EQ(c.corrected, "Good morning...");
  EXPECT_EQ(c.event_id, 1);
}

TEST(ElevenlabsDecode, ReadsTheEndOfAnAnswer) {
  EXPECT_EQ(decoded_as<agent_response_complete>(
                R"({"type":"agent_response_complete","agent_response_complete_event":{"event_id":8}})")
                .event_id,
            8);
}

TEST(ElevenlabsDecode, ReadsClientToolCalls) {
  const auto c = decoded_as<client_tool_call>(
      R"({"type":"client_tool_call","client_tool_call":{"tool_name":"transfer_call","tool_call_id":"call_a1","parameters":{"reason":"billing","n":[1,{"x":null}]},"event_id":5,"expects_response":true}})");
  EXPECT_EQ(c.tool_name, "transfer_call");
  EXPECT_EQ(c.tool_call_id, "call_a1");
  EXPECT_EQ(c.parameters, R"({"reason":"billing","n":[1,{"x":null}]})");
  EXPECT_EQ(c.event_id, 5);
  EXPECT_TRUE(c.expects_response);
  const auto bare = decoded_as<client_tool_call>(
      R"({"type":"client_tool_call","client_tool_call":{"tool_name":"t","tool_call_id":"i"}})");
  EXPECT_EQ(bare.parameters, "{}");
  EXPECT_TRUE(bare.expects_response) << "it is answered unless it says that nobody waits";
}

TEST(ElevenlabsDecode, ReadsToolRequestsAndResponses) {
  const auto request = decoded_as<agent_tool_request>(
      R"({"type":"agent_tool_request","agent_tool_request":{"tool_name":"end_call","tool_call_id":"call_b2","tool_type":"system","event_id":6}})");
  EXPECT_EQ(request.tool_name, "end_call");
  EXPECT_EQ(request.tool_call_id, "call_b2");
  EXPECT_EQ(request.tool_type, "system");
  EXPECT_EQ(request.event_id, 6);
  for (const std::string type : {"agent_tool_response", "agent_tool_response_full_payload"}) {
    const auto response = decoded_as<agent_tool_response>(
        R"({"type":")" + type + R"(",")" + type +
        R"(":{"tool_name":"end_call","tool_call_id":"call_b2","tool_type":"system","is_error":true,"is_called":false,"event_id":6,"full_tool_result":"x","truncated":false}})");
    EXPECT_EQ(response.tool_name, "end_call");
    EXPECT_EQ(response.tool_call_id, "call_b2");
    EXPECT_EQ(response.tool_type, "system");
    EXPECT_TRUE(response.is_error);
    EXPECT_FALSE(response.is_called);
    EXPECT_EQ(response.event_id, 6);
  }
}

TEST(ElevenlabsDecode, ReadsMcpToolCalls) {
  const auto c = decoded_as<mcp_tool_call>(
      R"({"type":"mcp_tool_call","mcp_tool_call":{"service_id":"mcp_1","tool_call_id":"m1","tool_name":"lookup","parameters":{"q":"x"},"timestamp":"2026-08-01T10:00:00Z","state":"awaiting_approval","approval_timeout_secs":300}})");
  EXPECT_EQ(c.service_id, "mcp_1");
  EXPECT_EQ(c.tool_call_id, "m1");
  EXPECT_EQ(c.tool_name, "lookup");
  EXPECT_EQ(c.state, "awaiting_approval");
}

TEST(ElevenlabsDecode, ReadsVadScores) {
  EXPECT_EQ(decoded_as<vad_score>(R"({"type":"vad_score","vad_score_event":{"vad_score":0.94}})").score, 0.94);
  EXPECT_EQ(decoded_as<vad_score>(R"({"type":"vad_score","vad_score_event":{"vad_score":1}})").score, 1);
}

TEST(ElevenlabsDecode, ReadsTheQueuesStatus) {
  const auto status = [](const std::string& text) {
    return decoded_as<queue_status>(R"({"type":"queue_status","queue_status_event":{"status":")" + text + "\"}}").place;
  };
  EXPECT_EQ(status("waiting"), queue_place::waiting);
  EXPECT_EQ(status("admitted"), queue_place::admitted);
  EXPECT_EQ(status("timed_out"), queue_place::timed_out);
  EXPECT_EQ(status("parked"), queue_place::unknown);
}

TEST(ElevenlabsDecode, ReadsNestedErrors) {
  const auto f = decoded_as<failure>(
      R"({"type":"error","error_event":{"code":1008,"error_type":"missing_dynamic_variable","message":"Missing required dynamic variables in first message: {'business_name'}","reason":"Missing dynamic variables"}})");
  EXPECT_EQ(f.code, 1008);
  EXPECT_EQ(f.type, "missing_dynamic_variable");
  EXPECT_EQ(f.message, "Missing required dynamic variables in first message: {'business_name'}");
  EXPECT_EQ(f.reason, "Missing dynamic variables");
}

TEST(ElevenlabsDecode, ReadsFlatErrors) {
  const auto f = decoded_as<failure>(
      R"({"type":"error","message":"received 1002 (protocol error) This request exceeds your quota limit."})");
  EXPECT_EQ(f.code, 0);
  EXPECT_EQ(f.type, "");
  EXPECT_EQ(f.message, "received 1002 (protocol error) This request exceeds your quota limit.");
  EXPECT_EQ(decoded_as<failure>(R"({"type":"client_error","code":1002,"reason":"r"})").code, 1002);
}

TEST(ElevenlabsDecode, NeverLosesAnError) {
  for (const std::string rest :
       {"", R"(,"error_event":null)", R"(,"error_event":"text")", R"(,"error_event":[])", R"(,"error_event":{})",
        R"(,"error_event":{"code":"1008","message":7})", R"(,"code":1e12,"message":{})"}) {
    const auto f = decoded_as<failure>(R"({"type":"error")" + rest + "}");
    EXPECT_EQ(f.code, 0) << rest;
    EXPECT_EQ(f.message, "") << rest;
  }
  EXPECT_EQ(decoded_as<failure>(R"({"type":"error","error_event":{"code":1011},"message":"outer"})").message, "outer");
}

TEST(ElevenlabsDecode, KnowsTheTypesThatMeanNothingOnAPhone) {
  for (const std::string type :
       {"agent_chat_response_part", "agent_reasoning_response_part", "agent_response_metadata", "mcp_connection_status",
        "context_usage", "asr_initiation_metadata", "guardrail_triggered", "agent_typing", "external_agent_connected",
        "external_agent_disconnected", "rich_content", "internal_turn_probability", "internal_tentative_agent_response",
        "dtmf_request"})
    EXPECT_EQ(decoded_as<other>(R"({"type":")" + type + R"(","x":{"event_id":"text"}})").type, type);
}

TEST(ElevenlabsDecode, CountsUnknownTypes) {
  EXPECT_EQ(decoded_as<unknown>(R"({"type":"agent_dreams","agent_dreams_event":{}})").type, "agent_dreams");
  EXPECT_EQ(decoded_as<unknown>(R"({"type":""})").type, "");
  EXPECT_EQ(decoded_as<unknown>(R"({"type":"Audio"})").type, "Audio");
  EXPECT_EQ(decoded_as<unknown>(R"({"type":")" + std::string(10'000, 'x') + "\"}").type, std::string(64, 'x'));
}

TEST(ElevenlabsDecode, IgnoresFieldsItDoesNotKnow) {
  EXPECT_EQ(
      decoded_as<ping>(
          R"({"v":[1,{"type":"audio"}],"type":"ping","audio_event":7,"ping_event":{"x":{"event_id":9},"event_id":4}})")
          .event_id,
      4);
}

struct refusal_row {
  std::string why, text;
  codec_errc expected;
};

class ElevenlabsDecodeRefuses : public testing::TestWithParam<refusal_row> {};
TEST_P(ElevenlabsDecodeRefuses, WithItsReason) {
  EXPECT_EQ(refusal(GetParam().text), name(GetParam().expected));
}

std::string audio_event(const std::string& fields) {
  return R"({"type":"audio","audio_event":{)" + fields + "}}";
}

INSTANTIATE_TEST_SUITE_P(
    NoMessages, ElevenlabsDecodeRefuses,
    testing::Values(refusal_row{"Nothing", "", codec_errc::not_json},
                    refusal_row{"Words", "hello", codec_errc::not_json},
                    refusal_row{"AList", "[]", codec_errc::not_json},
                    refusal_row{"Half", R"({"type":"ping","ping_event":{"event_id":1})", codec_errc::not_json},
                    refusal_row{"Two", R"({"type":"error"}{"type":"error"})", codec_errc::not_json},
                    refusal_row{"Zero", std::string("{\"type\":\"error\"}\0{", 18), codec_errc::not_json},
                    refusal_row{"BadUtf8", "{\"type\":\"\xC3\x28\"}", codec_errc::not_json},
                    refusal_row{"LoneSurrogate", R"({"type":"\ud800"})", codec_errc::not_json},
                    refusal_row{"NoType", "{}", codec_errc::no_type},
                    refusal_row{"NullType", R"({"type":null})", codec_errc::no_type},
                    refusal_row{"NumberType", R"({"type":1})", codec_errc::bad_field},
                    refusal_row{"Brackets", std::string(4'000'000, '['), codec_errc::too_many},
                    refusal_row{"ManyValues", R"({"type":"error","x":[0)" + std::string(200'000, ',') + "]}",
                                codec_errc::too_many},
                    refusal_row{"TooLong", std::string(max_inbound_message_bytes + 1, ' '), codec_errc::too_long}),
    [](const auto& r) { return r.param.why; });

INSTANTIATE_TEST_SUITE_P(
    Audio, ElevenlabsDecodeRefuses,
    testing::Values(
        refusal_row{"NoEvent", R"({"type":"audio"})", codec_errc::missing_field},
        refusal_row{"NullEvent", R"({"type":"audio","audio_event":null})", codec_errc::missing_field},
        refusal_row{"TextEvent", R"({"type":"audio","audio_event":"AAAA"})", codec_errc::bad_field},
        refusal_row{"EmptyEvent", audio_event(""), codec_errc::missing_field},
        refusal_row{"NoPayload", audio_event(R"("event_id":1)"), codec_errc::missing_field},
        refusal_row{"NullPayload", audio_event(R"("event_id":1,"audio_base_64":null)"), codec_errc::missing_field},
        refusal_row{"NumberPayload", audio_event(R"("event_id":1,"audio_base_64":5)"), codec_errc::bad_field},
        refusal_row{"NoId", audio_event(R"("audio_base_64":"AAAA")"), codec_errc::missing_field},
        refusal_row{"TextId", audio_event(R"("audio_base_64":"AAAA","event_id":"1")"), codec_errc::bad_field},
        refusal_row{"FractionId", audio_event(R"("audio_base_64":"AAAA","event_id":1.0)"), codec_errc::bad_field},
        refusal_row{"NegativeId", audio_event(R"("audio_base_64":"AAAA","event_id":-1)"), codec_errc::bad_field},
        refusal_row{"HugeId", audio_event(R"("audio_base_64":"AAAA","event_id":9223372036854775808)"),
                    codec_errc::bad_field},
        refusal_row{"BadAlphabet", audio_event(R"("audio_base_64":"AA-A","event_id":1)"), codec_errc::bad_payload},
        refusal_row{"BadLength", audio_event(R"("audio_base_64":"AAA","event_id":1)"), codec_errc::bad_payload},
        refusal_row{"BadPadding", audio_event(R"("audio_base_64":"A=AA","event_id":1)"), codec_errc::bad_payload}),
    [](const auto& r) { return r.param.why; });

INSTANTIATE_TEST_SUITE_P(
    Others, ElevenlabsDecodeRefuses,
    testing::Values(
        refusal_row{"MetadataWithoutEvent", R"({"type":"conversation_initiation_metadata"})",
                    codec_errc::missing_field},
        refusal_row{"MetadataWithoutId",
                    R"({"type":"conversation_initiation_metadata","conversation_initiation_metadata_event":{}})",
                    codec_errc::missing_field},
        refusal_row{
            "MetadataWithNumberFormat",
            R"({"type":"conversation_initiation_metadata","conversation_initiation_metadata_event":{"conversation_id":"c","user_input_audio_format":8000}})",
            codec_errc::bad_field},
        refusal_row{"PingWithoutEvent", R"({"type":"ping"})", codec_errc::missing_field},
        refusal_row{"PingWithoutId", R"({"type":"ping","ping_event":{}})", codec_errc::missing_field},
        refusal_row{"PingWithTextMs", R"({"type":"ping","ping_event":{"event_id":1,"ping_ms":"5"}})",
                    codec_errc::bad_field},
        refusal_row{"InterruptionWithoutId", R"({"type":"interruption","interruption_event":{}})",
                    codec_errc::missing_field},
        refusal_row{"TranscriptWithoutText", R"({"type":"user_transcript","user_transcription_event":{"event_id":1}})",
                    codec_errc::missing_field},
        refusal_row{"TranscriptUnderTheWrongKey",
                    R"({"type":"user_transcript","user_transcript_event":{"user_transcript":"x"}})",
                    codec_errc::missing_field},
        refusal_row{"ResponseOfWrongType",
                    R"({"type":"agent_response","agent_response_event":{"agent_response":["x"]}})",
                    codec_errc::bad_field},
        refusal_row{"ResponseWithFractionId",
                    R"({"type":"agent_response","agent_response_event":{"agent_response":"x","event_id":0.5}})",
                    codec_errc::bad_field},
        refusal_row{"CorrectionWithoutText",
                    R"({"type":"agent_response_correction","agent_response_correction_event":{"event_id":1}})",
                    codec_errc::missing_field},
        refusal_row{"ToolCallWithoutId", R"({"type":"client_tool_call","client_tool_call":{"tool_name":"t"}})",
                    codec_errc::missing_field},
        refusal_row{
            "ToolCallWithTextParameters",
            R"({"type":"client_tool_call","client_tool_call":{"tool_name":"t","tool_call_id":"i","parameters":"{}"}})",
            codec_errc::bad_field},
        refusal_row{
            "ToolCallWithNumberFlag",
            R"({"type":"client_tool_call","client_tool_call":{"tool_name":"t","tool_call_id":"i","expects_response":1}})",
            codec_errc::bad_field},
        refusal_row{
            "ToolCallWithDeepParameters",
            R"({"type":"client_tool_call","client_tool_call":{"tool_name":"t","tool_call_id":"i","parameters":{"x":)" +
                std::string(1000, '[') + std::string(1000, ']') + "}}}",
            codec_errc::too_many},
        refusal_row{"ToolResponseWithoutName", R"({"type":"agent_tool_response","agent_tool_response":{}})",
                    codec_errc::missing_field},
        refusal_row{"McpWithoutState", R"({"type":"mcp_tool_call","mcp_tool_call":{"tool_call_id":"m"}})",
                    codec_errc::missing_field},
        refusal_row{"VadOutOfRange", R"({"type":"vad_score","vad_score_event":{"vad_score":1.5}})",
                    codec_errc::bad_field},
        refusal_row{"VadText", R"({"type":"vad_score","vad_score_event":{"vad_score":"high"}})", codec_errc::bad_field},
        refusal_row{"QueueWithoutStatus", R"({"type":"queue_status","queue_status_event":{}})",
                    codec_errc::missing_field}),
    [](const auto& r) { return r.param.why; });

}  // namespace
}  // namespace tonris::model::elevenlabs
