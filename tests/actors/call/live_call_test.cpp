#include "actors/call/live_call.hpp"

#include "tests/actors/call/call_fixture.hpp"

namespace tonris::actors::test {
namespace {

using model::end_reason;
using model::twilio::call_status;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::Not;
using what = call_answer::verb;

class Call : public CallTest {};

std::string ulaw(std::size_t bytes) {
  return model::to_base64(std::vector<std::uint8_t>(bytes, std::uint8_t{0x55}));
}

// --- the way of an ordinary call

TEST_F(Call, GoesFromTheWebhookToTheEndInOrder) {
  stream_starts();
  EXPECT_EQ(vendor->asked, 1);
  EXPECT_EQ(vendor->agent.value, "agent_1");
  EXPECT_EQ(recorded("state"), "connecting");
  twilio->say(twilio_media(ulaw(160)));  // said before the agent is there
  agent_connects();
  EXPECT_EQ(dialler.last().url, "wss://agent.example/?cvtkn_1");
  EXPECT_THAT(agent->sent.at(0), HasSubstr(R"("call_sid":"CA00000000000000000000000000000001")"));
  agent->say(agent_metadata());
  settle();
  EXPECT_EQ(recorded("state"), "talking");
  EXPECT_EQ(agent->sent.at(1), heard_by_agent(ulaw(160)));

  agent->say(agent_says(ulaw(800)));
  twilio->say(twilio_media(ulaw(160), 2));
  EXPECT_EQ(twilio->sent.at(0), media_out(ulaw(800)));
  EXPECT_EQ(agent->sent.at(2), heard_by_agent(ulaw(160)));

  twilio->say(twilio_stop());
  settle();
  EXPECT_EQ(twilio->close_code, 1000);
  EXPECT_EQ(agent->close_code, 1000);
  EXPECT_EQ(recorded("state"), "ended");
  EXPECT_EQ(recorded("endReason"), "caller_hung_up");
  EXPECT_EQ(recorded("endedBy"), "caller");
  EXPECT_EQ(live_calls(), 0u);
  EXPECT_FALSE(alive(caller_leg));
  EXPECT_FALSE(alive(agent_leg));
}

TEST_F(Call, FetchesTheSignedUrlWhileItStillRings) {
  rings();
  EXPECT_EQ(vendor->asked, 1);
  EXPECT_THAT(dialler.attempts, IsEmpty()) << "a greeting before the stream plays into nowhere";
}

TEST_F(Call, DialsWhenTheUrlComesAfterTheStream) {
  vendor->silent = true;
  stream_starts();
  EXPECT_THAT(dialler.attempts, IsEmpty());
  caf::anon_send(caf::actor_cast<caf::actor>(calls->vendor), vendor->answer);
  settle();
  EXPECT_EQ(dialler.attempts.size(), 1u);
}

TEST_F(Call, FetchesAnotherUrlWhenTheFirstIsTooOld) {
  caller_connects();
  // The whole process slept for eleven minutes: the stream's start stands in the mailbox before the set-up limit.
  twilio->say(twilio_start());
  scheduler.advance_time(11min);
  settle();
  EXPECT_EQ(vendor->asked, 2);
  ASSERT_EQ(dialler.attempts.size(), 1u);
}

TEST_F(Call, PlaysOutWhatTheAgentSaidLastBeforeItClosesTheStream) {
  talk();
  agent->say(agent_says(ulaw(2400)));
  agent->say(agent_ends_call());
  agent->peer_closes(1000);
  settle();
  EXPECT_EQ(recorded("state"), "ending");
  EXPECT_TRUE(twilio->open()) << "the caller still listens";
  twilio->say(twilio_mark("g1:300"));
  settle();
  EXPECT_EQ(twilio->close_code, 1000);
  EXPECT_EQ(recorded("endReason"), "agent_ended");
  EXPECT_EQ(what_next().then, what::hang_up);
}

TEST_F(Call, EndsAPlayOutThatNobodyConfirms) {
  talk();
  agent->say(agent_says(ulaw(2400)));
  agent->peer_closes(1000);
  pass(3200ms);
  EXPECT_TRUE(twilio->open());
  pass(200ms);
  EXPECT_EQ(twilio->close_code, 1000);
}

TEST_F(Call, KeepsItsReasonWhenTheCallerHangsUpDuringThePlayOut) {
  talk();
  agent->say(agent_says(ulaw(2400)));
  agent->peer_closes(1000);
  settle();
  twilio->say(twilio_stop());
  settle();
  EXPECT_EQ(recorded("endReason"), "agent_ended");
}

TEST_F(Call, HoldsWhileTheVendorsQueueIsFull) {
  talk();
  agent->say(R"({"type":"queue_status","queue_status_event":{"status":"waiting"}})");
  settle();
  EXPECT_EQ(recorded("state"), "holding");
  agent->say(R"({"type":"queue_status","queue_status_event":{"status":"admitted"}})");
  settle();
  EXPECT_EQ(recorded("state"), "talking");
}

// --- what is recorded

TEST_F(Call, RecordsWhoSpokeAndWhatWasReallyHeard) {
  talk();
  agent->say(
      R"({"type":"agent_response","agent_response_event":{"agent_response":"Good morning, hello","event_id":1}})");
  agent->say(R"({"type":"user_transcript","user_transcription_event":{"user_transcript":"Stop","event_id":2}})");
  agent->say(agent_interrupts(1));
  agent->say(R"({"type":"agent_response_correction","agent_response_correction_event":)"
             R"({"original_agent_response":"Good morning, hello","corrected_agent_response":"Good...","event_id":1}})");
  settle();
  const auto all = record();
  const auto& lines = all["transcript"];
  ASSERT_EQ(lines.Size(), 2u);
  EXPECT_STREQ(lines[0]["role"].GetString(), "agent");
  EXPECT_STREQ(lines[0]["text"].GetString(), "Good morning, hello");
  EXPECT_STREQ(lines[0]["heard"].GetString(), "Good...");
  EXPECT_STREQ(lines[1]["role"].GetString(), "user");
  EXPECT_EQ(all["interruptions"].GetInt(), 1);
}

TEST_F(Call, IgnoresACorrectionOfALineItNeverSaw) {
  talk();
  agent->say(R"({"type":"agent_response_correction","agent_response_correction_event":)"
             R"({"original_agent_response":"a","corrected_agent_response":"b","event_id":9}})");
  settle();
  EXPECT_EQ(record()["transcript"].Size(), 0u);
}

TEST_F(Call, BoundsItsTranscript) {
  talk();
  for (int i = 0; i < 2100; ++i)
    agent->say(R"({"type":"user_transcript","user_transcription_event":{"user_transcript":"x","event_id":2}})");
  settle();
  EXPECT_EQ(record()["transcript"].Size(), 1000u);
}

TEST_F(Call, RecordsStreamConversationAndMedia) {
  talk();
  pass(3s);
  twilio->say(twilio_media(ulaw(160)));
  agent->say(agent_says(ulaw(160)));
  twilio->say(twilio_stop());
  settle();
  const auto all = record();
  EXPECT_STREQ(all["streams"][0]["streamSid"].GetString(), some_stream.value.c_str());
  EXPECT_TRUE(all["streams"][0].HasMember("endedAt"));
  EXPECT_STREQ(all["conversations"][0]["conversationId"].GetString(), "conv_1");
  EXPECT_TRUE(all["conversations"][0].HasMember("endedAt"));
  EXPECT_EQ(all["media"]["framesFromCaller"].GetInt(), 1);
  EXPECT_EQ(all["media"]["framesToCaller"].GetInt(), 1);
  EXPECT_DOUBLE_EQ(all["durationSeconds"].GetDouble(), 3);
}

TEST_F(Call, IsFinalExactlyOnceHoweverManyEndsComeTogether) {
  talk();
  twilio->say(twilio_stop());
  agent->peer_closes(1011);
  caf::anon_send(supervisor, call_status_changed{some_call, call_status::completed});
  caf::anon_send(supervisor, end_call{end_reason::operator_hung_up});
  settle();
  what_next(call_status::completed);
  EXPECT_EQ(counted(R"(tonris_calls_ended_total{by="caller",reason="caller_hung_up"})"), 1);
  EXPECT_THAT(counters.render(), Not(HasSubstr(R"(tonris_calls_ended_total{by="vendor",reason="agent_lost"} 1)")));
  EXPECT_EQ(counted("tonris_calls_live"), 0);
}

// --- keys

TEST_F(Call, TellsTheAgentWhichKeysWerePressed) {
  talk();
  agent->sent.clear();
  twilio->say(twilio_key('4'));
  settle();
  twilio->say(twilio_key('#'));
  settle();
  ASSERT_EQ(agent->sent.size(), 2u);
  EXPECT_THAT(agent->sent[1], HasSubstr(R"("type":"contextual_update")"));
  EXPECT_THAT(agent->sent[1], HasSubstr("4#"));
}

TEST_F(Call, TellsTheAgentAlsoOfKeysPressedBeforeItCame) {
  stream_starts();
  twilio->say(twilio_key('7'));
  agent_connects();
  agent->sent.clear();
  agent->say(agent_metadata());
  settle();
  ASSERT_EQ(agent->sent.size(), 1u);
  EXPECT_THAT(agent->sent[0], HasSubstr("so far: 7"));
}

TEST_F(Call, RemembersTheLast64KeysOnly) {
  talk();
  for (int i = 0; i < 100; ++i) twilio->say(twilio_key('1'));
  twilio->say(twilio_key('2'));
  settle();
  EXPECT_THAT(agent->sent.back(), HasSubstr(": " + std::string(63, '1') + "2\""));
}

}  // namespace
}  // namespace tonris::actors::test
