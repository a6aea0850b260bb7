#include "model/twilio/webhook.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace tonris::model::twilio {
namespace {

TEST(TwilioCallStatus, KnowsEveryWordAndWhichAreFinal) {
  struct row {
    std::string_view text;
    call_status status;
    bool final;
  };
  for (const auto& r :
       {row{"queued", call_status::queued, false}, row{"initiated", call_status::initiated, false},
        row{"ringing", call_status::ringing, false}, row{"in-progress", call_status::in_progress, false},
        row{"completed", call_status::completed, true}, row{"busy", call_status::busy, true},
        row{"failed", call_status::failed, true}, row{"no-answer", call_status::no_answer, true},
        row{"canceled", call_status::canceled, true}, row{"", call_status::unknown, false},
        row{"Completed", call_status::unknown, false}, row{"answered", call_status::unknown, false}}) {
    EXPECT_EQ(parse_call_status(r.text), r.status) << r.text;
    EXPECT_EQ(is_final(r.status), r.final) << r.text;
  }
}

constexpr std::string_view voice_body =
    "AccountSid=AC00000000000000000000000000000001&ApiVersion=2010-04-01&CallSid=CA00000000000000000000000000000001"
    "&CallStatus=ringing&Called=%2B15550100002&Caller=%2B15550100001&CallerName=O%27Brien+%26+S%C3%B6hne"
    "&Direction=inbound&From=%2B15550100001&FromCity=&StirVerstat=TN-Validation-Passed-A&To=%2B15550100002"
    "&ForwardedFrom=%2B15550100005&NewField=x";

form voice_with(std::string_view name, std::string_view value) {
  auto f = parse_form(voice_body).value();
  for (auto& [n, v] : f)
    if (n == name) v = value;
  return f;
}
form voice_without(std::string_view name) {
  auto f = parse_form(voice_body).value();
  std::erase_if(f, [&](const auto& pair) { return pair.first == name; });
  return f;
}

TEST(TwilioVoiceRequest, IsReadFromTheForm) {
  const auto r = parse_voice_request(parse_form(voice_body).value());
  ASSERT_TRUE(r);
  EXPECT_EQ(r->call.value, "CA00000000000000000000000000000001");
  EXPECT_EQ(r->account.value, "AC00000000000000000000000000000001");
  EXPECT_EQ(r->from, "+15550100001");
  EXPECT_EQ(r->to, "+15550100002");
  EXPECT_EQ(r->status, call_status::ringing);
  EXPECT_EQ(r->direction, "inbound");
  EXPECT_EQ(r->forwarded_from, "+15550100005");
  EXPECT_EQ(r->caller_name, "O'Brien & S\xc3\xb6hne");
}

TEST(TwilioVoiceRequest, NeedsItsThreeFieldsAndNoOther) {
  for (const auto* name : {"CallSid", "AccountSid"})
    EXPECT_EQ(parse_voice_request(voice_without(name)).error(), codec_errc::missing_field) << name;
  auto nobody = voice_without("To");
  std::erase_if(nobody, [](const auto& pair) { return pair.first == "Called"; });
  EXPECT_EQ(parse_voice_request(nobody).error(), codec_errc::missing_field);
  for (const auto* name :
       {"From", "To", "CallStatus", "Direction", "ForwardedFrom", "CallerName", "ApiVersion", "Called"})
    EXPECT_TRUE(parse_voice_request(voice_without(name))) << name;
}

TEST(TwilioVoiceRequest, TakesCallersWithoutANumber) {
  for (const auto* from : {"anonymous", "client:alice", "sip:a@b.example.com"})
    EXPECT_EQ(parse_voice_request(voice_with("From", from)).value().from, from);
}

TEST(TwilioVoiceRequest, TakesAMissingCallerForAnAnonymousOne) {
  for (const auto* name : {"From", "Caller"}) {
    auto f = voice_without(name);
    EXPECT_EQ(parse_voice_request(f).value().from, "+15550100001") << "the other name tells as well";
  }
  for (const bool empty : {true, false}) {
    auto f = voice_without("Caller");
    std::erase_if(f, [&](const auto& pair) { return pair.first == "From"; });
    if (empty) f.emplace_back("From", "");
    EXPECT_EQ(parse_voice_request(f).value().from, "anonymous");
  }
}

TEST(TwilioVoiceRequest, FindsTheNumberInEachForm) {
  for (const auto* written : {"sip:+15550100002@acme.sip.us1.twilio.com;user=phone", "whatsapp:+15550100002",
                              "tel:+1-555-010-0002", "+1 (555) 010-0002", "sip:15550100002@x"}) {
    EXPECT_EQ(parse_voice_request(voice_with("To", written)).value().to, "+15550100002") << written;
    EXPECT_EQ(parse_voice_request(voice_with("From", written)).value().from, "+15550100002") << written;
    EXPECT_EQ(parse_voice_request(voice_with("ForwardedFrom", written)).value().forwarded_from, "+15550100002");
  }
  EXPECT_EQ(parse_voice_request(voice_with("To", "sip:desk@acme.example.com")).value().to, "sip:desk@acme.example.com");
  EXPECT_EQ(parse_voice_request(voice_with("ForwardedFrom", "")).value().forwarded_from, "");
}

TEST(TwilioVoiceRequest, RefusesSidsThatAreNone) {
  EXPECT_EQ(parse_voice_request(voice_with("CallSid", "")).error(), codec_errc::missing_field);
  EXPECT_EQ(parse_voice_request(voice_with("CallSid", "CA1")).error(), codec_errc::bad_field);
  EXPECT_EQ(parse_voice_request(voice_with("CallSid", "../../../../../../../../../../etc/pass")).error(),
            codec_errc::bad_field);
  EXPECT_EQ(parse_voice_request(voice_with("AccountSid", "CA00000000000000000000000000000001")).error(),
            codec_errc::bad_field);
}

constexpr std::string_view stream_error_body =
    "AccountSid=AC00000000000000000000000000000001&CallSid=CA00000000000000000000000000000001"
    "&StreamSid=MZ00000000000000000000000000000001&StreamName=agent&StreamEvent=stream-error"
    "&StreamError=31920+-+Stream+-+WebSocket+-+Handshake+Error&Timestamp=2026-10-02T11%3A00%3A01.512Z";

form stream_with(std::string_view name, std::string_view value) {
  auto f = parse_form(stream_error_body).value();
  for (auto& [n, v] : f)
    if (n == name) v = value;
  return f;
}

TEST(TwilioStreamStatus, ReadsAStreamError) {
  const auto s = parse_stream_status(parse_form(stream_error_body).value());
  ASSERT_TRUE(s);
  EXPECT_EQ(s->event, stream_event::error);
  EXPECT_EQ(s->call.value, "CA00000000000000000000000000000001");
  EXPECT_EQ(s->stream.value, "MZ00000000000000000000000000000001");
  EXPECT_EQ(s->error_text, "31920 - Stream - WebSocket - Handshake Error");
  EXPECT_EQ(s->error_code, 31920);
}

TEST(TwilioStreamStatus, KnowsItsEvents) {
  EXPECT_EQ(parse_stream_status(stream_with("StreamEvent", "stream-started")).value().event, stream_event::started);
  EXPECT_EQ(parse_stream_status(stream_with("StreamEvent", "stream-stopped")).value().event, stream_event::stopped);
  EXPECT_EQ(parse_stream_status(stream_with("StreamEvent", "stream-paused")).value().event, stream_event::unknown);
  EXPECT_EQ(parse_stream_status(stream_with("StreamEvent", "")).error(), codec_errc::missing_field);
}

TEST(TwilioStreamStatus, FindsOnlyAFiveDigitCode) {
  struct row {
    std::string_view text;
    int code;
  };
  for (const auto& r :
       {row{"", 0}, row{"no code", 0}, row{"error 31924", 31924}, row{"200 then 31901.", 31901},
        row{"319200 is too long", 0}, row{"3192", 0}, row{"(00042)", 42}, row{"1234567890 31951", 31951}})
    EXPECT_EQ(parse_stream_status(stream_with("StreamError", r.text)).value().error_code, r.code) << r.text;
}

TEST(TwilioStreamStatus, KeepsAtMostFiveHundredBytesOfTheText) {
  EXPECT_EQ(parse_stream_status(stream_with("StreamError", std::string(60'000, 'x'))).value().error_text.size(), 500u);
  const auto text = std::string(499, 'x') + "\xc3\xb6";
  EXPECT_EQ(parse_stream_status(stream_with("StreamError", text)).value().error_text, std::string(499, 'x'));
}

TEST(TwilioStreamStatus, RefusesSidsThatAreMissingOrNone) {
  EXPECT_EQ(parse_stream_status({}).error(), codec_errc::missing_field);
  EXPECT_EQ(parse_stream_status(stream_with("StreamSid", "")).error(), codec_errc::missing_field);
  EXPECT_EQ(parse_stream_status(stream_with("StreamSid", "agent")).error(), codec_errc::bad_field);
  EXPECT_EQ(parse_stream_status(stream_with("CallSid", "agent")).error(), codec_errc::bad_field);
}

TEST(TwilioJsonForm, IsReadAsAFormIs) {
  const auto fields =
      parse_json_form(R"({"CallSid":"CA1","Digits":"1#","Count":3,"Final":true,"None":null,"More":{"x":1}})");
  ASSERT_TRUE(fields);
  EXPECT_EQ(*fields, (form{{"CallSid", "CA1"}, {"Digits", "1#"}, {"Count", "3"}, {"Final", "true"}}));
}

TEST(TwilioJsonForm, IsNoneWhereItIsNoObject) {
  for (const auto* text : {"", "[]", "CallSid=CA1", "{\"a\":", "\"x\""}) EXPECT_FALSE(parse_json_form(text)) << text;
  std::string many = "{";
  for (std::size_t i = 0; i <= max_form_fields; ++i)
    many.append(i == 0 ? "" : ",").append("\"n" + std::to_string(i) + "\":1");
  EXPECT_EQ(parse_json_form(many + "}").error(), codec_errc::too_many);
}

TEST(CallProgress, IsReadAndWhatIsNoNumberIsNotThere) {
  const auto told = parse_call_progress({{"CallStatus", "completed"}, {"SequenceNumber", "3"}, {"CallDuration", "61"}});
  EXPECT_EQ(told.status, call_status::completed);
  EXPECT_EQ(told.sequence, 3u);
  EXPECT_EQ(told.seconds, 61u);
  for (const auto* bad : {"", "-1", "1.5", "61 ", "4294967296", "x"}) {
    const auto odd = parse_call_progress({{"CallStatus", bad}, {"SequenceNumber", bad}, {"CallDuration", bad}});
    EXPECT_EQ(odd.status, call_status::unknown) << bad;
    EXPECT_FALSE(odd.sequence || odd.seconds) << bad;
  }
}

TEST(CallProgress, IsNamedAsTwilioDoes) {
  for (std::size_t i = 0; i < call_status_count; ++i) {
    const auto status = static_cast<call_status>(i);
    EXPECT_EQ(parse_call_status(to_string(status)), status);
  }
}

TEST(DialledLeg, IsReadOfTheActionOfItsDial) {
  const std::string sid = "CA00000000000000000000000000000002";
  const auto leg =
      parse_dialled_leg({{"DialCallStatus", "completed"}, {"DialCallSid", sid}, {"DialCallDuration", "61"}});
  ASSERT_TRUE(leg);
  EXPECT_EQ(leg->leg.value, sid);
  EXPECT_EQ(leg->status, "completed");
  EXPECT_EQ(leg->seconds, 61u);
  EXPECT_EQ(parse_dialled_leg({{"DialCallStatus", "busy"}, {"DialCallSid", sid}})->seconds, 0u);
  EXPECT_FALSE(parse_dialled_leg({{"DialCallStatus", "failed"}})) << "nothing was dialled";
  EXPECT_FALSE(parse_dialled_leg({{"DialCallStatus", "busy"}, {"DialCallSid", "CA1"}}));
  EXPECT_FALSE(parse_dialled_leg({{"DialCallSid", sid}}));
}

}  // namespace
}  // namespace tonris::model::twilio
