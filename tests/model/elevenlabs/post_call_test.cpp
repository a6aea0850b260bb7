#include "model/elevenlabs/post_call.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tonris::model::elevenlabs {
namespace {

using testing::HasSubstr;

const std::string transcription =
    R"({"type":"post_call_transcription","event_timestamp":1767225675,"data":{"agent_id":"agent_demo",)"
    R"("agent_name":"Front desk","conversation_id":"conv_8501k6demo","status":"done","user_id":"+4520123456",)"
    R"("branch_id":null,"has_audio":true,"transcript":[)"
    R"({"role":"agent","message":"Good morning, how can I help?","tool_calls":[],"tool_results":[],"feedback":null,)"
    R"("time_in_call_secs":0,"interrupted":true,"original_message":"Good morning, how can I help you today?"},)"
    R"({"role":"user","message":"I want to book a haircut.","time_in_call_secs":4},)"
    R"({"role":"agent","message":null,"time_in_call_secs":7,"tool_calls":[{"type":"webhook","request_id":"call_t1",)"
    R"("tool_name":"list_services","params_as_json":"{\"tenantId\":\"salon-1\"}"}],"tool_results":[)"
    R"({"request_id":"call_t1","tool_name":"list_services","result_value":"[]","is_error":true}]}],)"
    R"("metadata":{"start_time_unix_secs":1767225600,"call_duration_secs":62,"cost":410,)"
    R"("termination_reason":"Client disconnected","main_language":"en","phone_call":null,"error":null,"warnings":[],)"
    R"("charging":{"is_burst":false,"tier":"pro","call_charge":400,"llm_charge":10,"llm_price":0.0021}},)"
    R"("analysis":{"call_successful":"success","transcript_summary":"Caller asked to book a haircut.",)"
    R"("call_summary_title":"Haircut booking","evaluation_criteria_results":{"polite":{"result":"success"}},)"
    R"("data_collection_results":{"service":{"value":"haircut"}}},)"
    R"("conversation_initiation_client_data":{"dynamic_variables":{"tenant_id":"salon-1",)"
    R"("call_sid":"CA00000000000000000000000000000001","system__call_duration_secs":62}}}})";

post_call parsed(const std::string& body) {
  const auto report = parse_post_call(body);
  EXPECT_TRUE(report) << (report ? "" : to_string(report.error()));
  return report.value_or(post_call{});
}

TEST(PostCall, TellsWhoseCallItWas) {
  const auto report = parsed(transcription);
  EXPECT_EQ(report.type, post_call_type::transcription);
  EXPECT_EQ(report.type_text, "post_call_transcription");
  EXPECT_EQ(report.sent_unix, 1767225675);
  EXPECT_EQ(report.conversation.value, "conv_8501k6demo");
  EXPECT_EQ(report.agent.value, "agent_demo");
  EXPECT_EQ(report.call.value, "CA00000000000000000000000000000001");
  EXPECT_EQ(report.tenant.value, "salon-1");
  EXPECT_EQ(report.user, "+4520123456");
  EXPECT_FALSE(report.failure);
}

TEST(PostCall, TellsHowItWentAndWhatItCost) {
  const auto report = parsed(transcription);
  EXPECT_EQ(report.status, "done");
  EXPECT_EQ(report.started_unix, 1767225600);
  EXPECT_EQ(report.duration_seconds, 62);
  EXPECT_EQ(report.cost, 410.0);
  EXPECT_EQ(report.charge, (post_call::charge_type{false, 400.0, 10.0, 0.0021, "pro"}));
  EXPECT_EQ(report.termination_reason, "Client disconnected");
  EXPECT_EQ(report.main_language, "en");
  EXPECT_EQ(report.error_code, std::nullopt);
  EXPECT_EQ(report.successful, "success");
  EXPECT_EQ(report.summary, "Caller asked to book a haircut.");
  EXPECT_EQ(report.summary_title, "Haircut booking");
  EXPECT_EQ(report.evaluation, R"({"polite":{"result":"success"}})");
  EXPECT_EQ(report.data_collection, R"({"service":{"value":"haircut"}})");
  EXPECT_EQ(report.has_audio, true);
}

TEST(PostCall, TellsWhatWasSaidAndDone) {
  const auto lines = parsed(transcription).transcript;
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(
      lines[0],
      (post_call::line{true, "Good morning, how can I help?", "Good morning, how can I help you today?", true, 0, {}}));
  EXPECT_EQ(lines[1], (post_call::line{false, "I want to book a haircut.", "", false, 4, {}}));
  EXPECT_EQ(lines[2],
            (post_call::line{
                true, "", "", false, 7, {{"call_t1", "list_services", R"({"tenantId":"salon-1"})", "[]", true}}}));
}

TEST(PostCall, KeepsWhatItDoesNotKnow) {
  EXPECT_EQ(parsed(transcription).unread,
            R"({"data":{"agent_name":"Front desk","branch_id":null,"metadata":{"warnings":[]}}})");
  EXPECT_EQ(parsed(R"({"type":"answering_machine","new":1,"data":{"conversation_id":"conv_1","machine":{"is":true}}})")
                .unread,
            R"({"new":1,"data":{"machine":{"is":true}}})");
  EXPECT_EQ(parsed(R"({"type":"x","data":{}})").unread, "{}");
}

TEST(PostCall, OfAnUnknownTypeStillTellsWhichCall) {
  const auto report =
      parsed(R"({"type":"unredacted_transcript","event_timestamp":null,"data":{"conversation_id":"c"}})");
  EXPECT_EQ(report.type, post_call_type::other);
  EXPECT_EQ(report.type_text, "unredacted_transcript");
  EXPECT_EQ(report.conversation.value, "c");
  EXPECT_EQ(report.sent_unix, std::nullopt);
}

struct timestamp_row {
  std::string why, json;
  std::optional<std::int64_t> sent;
};
class PostCallTimestamp : public testing::TestWithParam<timestamp_row> {};
INSTANTIATE_TEST_SUITE_P(Forms, PostCallTimestamp,
                         testing::Values(timestamp_row{"Number", "1767225675", 1767225675},
                                         timestamp_row{"Text", R"("1767225675")", 1767225675},
                                         timestamp_row{"WithAPoint", "1767225675.0", 1767225675},
                                         timestamp_row{"Null", "null", {}}, timestamp_row{"Words", R"("now")", {}},
                                         timestamp_row{"Object", "{}", {}}),
                         [](const auto& row) { return row.param.why; });
TEST_P(PostCallTimestamp, IsANumberOrAText) {
  EXPECT_EQ(parsed(R"({"type":"post_call_audio","event_timestamp":)" + GetParam().json + "}").sent_unix,
            GetParam().sent);
}

TEST(PostCall, TellsOfAnErrorOfACallThatIsDone) {
  const auto report = parsed(
      R"({"type":"post_call_transcription","data":{"status":"done","metadata":{"call_duration_secs":1,)"
      R"("error":{"code":1008,"reason":"Missing required dynamic variables"}},"analysis":{"call_successful":"success"}}})");
  EXPECT_EQ(report.error_code, 1008);
  EXPECT_EQ(report.error_reason, "Missing required dynamic variables");
}

TEST(PostCall, FindsTheCallOfTheVendorsOwnTelephony) {
  const auto sid = "CA00000000000000000000000000000003";
  EXPECT_EQ(parsed(std::string(R"({"type":"post_call_transcription","data":{"metadata":{"phone_call":{"call_sid":")") +
                   sid + R"("}}}})")
                .call.value,
            sid);
  EXPECT_EQ(parsed(R"({"type":"x","data":{"conversation_initiation_client_data":{"dynamic_variables":)"
                   R"({"call_sid":"<REDACTED>","tenant_id":7}}}})")
                .call.value,
            "");
}

TEST(PostCall, TellsOfACallThatTwilioCouldNotPlace) {
  const auto report =
      parsed(R"({"type":"call_initiation_failure","event_timestamp":1767225700,"data":{"agent_id":"agent_demo",)"
             R"("conversation_id":"conv_8501k6fail","failure_reason":"no-answer","metadata":{"type":"twilio","body":{)"
             R"("CallSid":"CA00000000000000000000000000000002","CallStatus":"no-answer","To":"+4520123456",)"
             R"("From":"+4570123456","Direction":"outbound-api","SipResponseCode":"487"}}}})");
  EXPECT_EQ(report.type, post_call_type::initiation_failure);
  EXPECT_EQ(report.call.value, "CA00000000000000000000000000000002");
  ASSERT_TRUE(report.failure);
  EXPECT_EQ(*report.failure, (post_call::failure_type{"no-answer", "twilio", "+4570123456", "+4520123456", "no-answer",
                                                      "outbound-api", "", 487}));
  EXPECT_EQ(report.unread, "{}");
}

TEST(PostCall, TellsOfACallThatSipCouldNotPlace) {
  const auto report = parsed(
      R"({"type":"call_initiation_failure","event_timestamp":1767225701,"data":{"conversation_id":"conv_8501k6sip",)"
      R"("failure_reason":"busy","metadata":{"type":"sip","body":{"sip_status_code":486,"error_reason":"Busy Here",)"
      R"("call_sid":"SCL_demo"}}}})");
  ASSERT_TRUE(report.failure);
  EXPECT_EQ(*report.failure, (post_call::failure_type{"busy", "sip", "", "", "", "", "Busy Here", 486}));
  EXPECT_EQ(report.call.value, "") << "an id of another kind";
}

struct hollow_row {
  std::string why, body;
};
class HollowPostCall : public testing::TestWithParam<hollow_row> {};
INSTANTIATE_TEST_SUITE_P(
    Bodies, HollowPostCall,
    testing::Values(
        hollow_row{"NoData", R"({"type":"post_call_transcription"})"},
        hollow_row{"NullData", R"({"type":"post_call_transcription","data":null})"},
        hollow_row{"DataOfAnotherType", R"({"type":"post_call_transcription","data":[1]})"},
        hollow_row{"NullsInside", R"({"type":"post_call_transcription","data":{"transcript":null,"metadata":null,)"
                                  R"("analysis":null,"conversation_initiation_client_data":null}})"},
        hollow_row{"OtherTypesInside", R"({"type":"post_call_transcription","data":{"transcript":{},"metadata":[],)"
                                       R"("analysis":"x","agent_id":1,"has_audio":"yes"}})"},
        hollow_row{"LinesThatAreNone", R"({"type":"post_call_transcription","data":{"transcript":[null,1,"x",[]]}})"}),
    [](const auto& row) { return row.param.why; });
TEST_P(HollowPostCall, IsTakenAllTheSame) {
  const auto report = parsed(GetParam().body);
  EXPECT_EQ(report.type, post_call_type::transcription);
  EXPECT_TRUE(report.transcript.empty() && report.agent.empty() && report.conversation.empty() && !report.has_audio);
}

TEST(PostCall, TakesToolsThatFitNothing) {
  const auto lines = parsed(R"({"type":"post_call_transcription","data":{"transcript":[{"role":"agent","tool_calls":)"
                            R"([null,{"request_id":"a","params_as_json":{"x":1}}],"tool_results":[{"request_id":"b"},)"
                            R"({"request_id":"a","result_value":{"y":2}}]}]}})")
                         .transcript;
  ASSERT_EQ(lines.size(), 1u);
  ASSERT_EQ(lines[0].tools.size(), 1u);
  EXPECT_EQ(lines[0].tools[0].parameters, R"({"x":1})");
  EXPECT_EQ(lines[0].tools[0].result, R"({"y":2})");
}

TEST(PostCall, TakesAHundredToolsOfALine) {
  std::string calls, results;
  for (int i = 0; i < 50'000; ++i) {
    calls.append(i == 0 ? "" : ",").append(R"({"request_id":"a"})");
    results.append(i == 0 ? "" : ",").append(R"({"request_id":"b"})");
  }
  const auto report = parsed(R"({"type":"x","data":{"transcript":[{"tool_calls":[)" + calls + R"(],"tool_results":[)" +
                             results + "]}]}}");
  ASSERT_EQ(report.transcript.size(), 1u);
  EXPECT_EQ(report.transcript[0].tools.size(), 100u);
}

TEST(PostCall, HasToBeJsonWithinBounds) {
  EXPECT_EQ(parse_post_call("").error(), codec_errc::not_json);
  EXPECT_EQ(parse_post_call("[]").error(), codec_errc::not_json);
  EXPECT_EQ(parse_post_call(transcription.substr(0, 900)).error(), codec_errc::not_json);
  EXPECT_EQ(parse_post_call("{}").error(), codec_errc::no_type);
  EXPECT_EQ(parse_post_call(R"({"type":7})").error(), codec_errc::no_type);
  EXPECT_EQ(parse_post_call(R"({"type":"a\u0000b"})").error(), codec_errc::no_type);
  EXPECT_EQ(parse_post_call(std::string(max_post_call_bytes + 1, ' ')).error(), codec_errc::too_long);
  EXPECT_EQ(parse_post_call(R"({"type":"x","data":)" + std::string(100, '[') + std::string(100, ']') + "}").error(),
            codec_errc::too_many);
}

TEST(PostCallOfAConversation, IsWhatTheCallbackWouldHaveTold) {
  const std::string answer =
      R"({"agent_id":"agent_1","conversation_id":"conv_1","status":"done","metadata":{"call_duration_secs":62,"cost":410},)"
      R"("conversation_initiation_client_data":{"dynamic_variables":{"call_sid":"CA0123456789abcdef0123456789abcdef"}}})";
  const auto event = as_post_call(answer, {"conv_1"});
  ASSERT_TRUE(event && *event);
  const auto told = parse_post_call(**event);
  ASSERT_TRUE(told);
  EXPECT_EQ(told->type, post_call_type::transcription);
  EXPECT_EQ(told->type_text, "post_call_transcription");
  EXPECT_EQ(told->conversation.value, "conv_1");
  EXPECT_EQ(told->call.value, "CA0123456789abcdef0123456789abcdef");
  EXPECT_EQ(told->duration_seconds, 62);
  EXPECT_EQ(told->cost, 410);
}

TEST(PostCallOfAConversation, IsNoneBeforeItIsDoneOrOfAnother) {
  for (const auto* status : {"initiated", "in-progress", "processing", ""}) {
    const auto event =
        as_post_call(R"({"conversation_id":"conv_1","status":")" + std::string{status} + "\"}", {"conv_1"});
    ASSERT_TRUE(event) << status;
    EXPECT_FALSE(*event) << status;
  }
  EXPECT_TRUE(*as_post_call(R"({"conversation_id":"conv_1","status":"failed"})", {"conv_1"}));
  EXPECT_EQ(as_post_call(R"({"conversation_id":"conv_2","status":"done"})", {"conv_1"}).error(), codec_errc::bad_field);
  EXPECT_FALSE(as_post_call(R"({"conversation_id":"conv_1","status":"done"},"type":"x")", {"conv_1"}));
}

}  // namespace
}  // namespace tonris::model::elevenlabs
