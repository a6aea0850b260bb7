/// Twilio asks again: a retry, an old request sent by somebody, a redirect that takes the caller away and brings him
/// back.
#include "tests/actors/call/surviving_call_fixture.hpp"
#include "tests/actors/leg/a_frame.hpp"

namespace tonris::actors::test {
namespace {

using model::end_reason;
using model::fallback_news;
using model::twilio::call_status;
using testing::HasSubstr;
using what = call_answer::verb;

class AskedAgain : public SurvivingCall {
 protected:
  void expect_undisturbed() {
    EXPECT_EQ(recorded("state"), "talking");
    EXPECT_TRUE(twilio->open());
    EXPECT_TRUE(agent->open());
    EXPECT_EQ(record()["streams"].Size(), 1u);
    EXPECT_EQ(counted("tonris_streams_offered_total"), 0);
    const auto frames = agent->sent.size();
    twilio->say(twilio_media("AAAA"));
    EXPECT_EQ(agent->sent.size(), frames + 1) << "his voice goes on to the agent";
    agent->say(agent_says(a_frame, 9));
    EXPECT_THAT(twilio->sent, testing::Contains(HasSubstr("VVVV")));
  }
  unsigned new_streams() const { return table->find_live(some_call)->life->state.new_streams; }
};

// --- the same connect-action twice

TEST_F(AskedAgain, WithTheTokenOfARetryGetsTheSameAnswer) {
  talk();
  twilio->end(net::errc::reset);
  settle();
  const auto first = next_with_token("a");
  ASSERT_EQ(first.then, what::stream);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(next_with_token("a").ticket, first.ticket);
  EXPECT_EQ(new_streams(), 1u);
  caller_comes_back(first);
  EXPECT_EQ(recorded("state"), "talking");
  for (int i = 0; i < 5; ++i) EXPECT_EQ(next_with_token("a").ticket, first.ticket) << "also while the stream runs";
  EXPECT_EQ(new_streams(), 1u);
  EXPECT_TRUE(twilio->open());
}

TEST_F(AskedAgain, WithTheTokenOfARetryAfterARefusalGetsTheSameStep) {
  tenant->fallback.transfer_to = "+15550109999";
  for (int i = 0; i < 5; ++i) {
    const auto answer = ask<call_answer>(refuse_call{request_of(some_call), tenant, end_reason::no_agent, {}, "a"});
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->then, what::dial) << i;
  }
}

TEST_F(AskedAgain, WithoutATokenGetsTheSameAnswerUntilTheStreamIsThere) {
  talk();
  twilio->end(net::errc::reset);
  settle();
  const auto first = what_next();
  EXPECT_EQ(what_next().ticket, first.ticket);
  EXPECT_EQ(new_streams(), 1u);
  caller_comes_back(first);
  EXPECT_EQ(recorded("state"), "talking");
}

TEST_F(AskedAgain, ByACapturedRequestDisturbsNoLiveStream) {
  talk();
  const auto first = what_next();
  ASSERT_EQ(first.then, what::stream) << "in good faith: the stream may be over, and nobody has noticed";
  for (const auto* token : {"", "b", "c", "d", "e"}) EXPECT_EQ(next_with_token(token).ticket, first.ticket);
  expect_undisturbed();
  EXPECT_EQ(new_streams(), 0u);
  pass(2min);
  for (int i = 0; i < 4; ++i) EXPECT_EQ(what_next().then, what::stream);
  expect_undisturbed();
  // and when the stream does drop, none of the three is used up
  for (int i = 0; i < 3; ++i) {
    twilio->end(net::errc::reset);
    settle();
    caller_comes_back(next_with_token("drop" + std::to_string(i)));
    EXPECT_EQ(recorded("state"), "talking");
  }
}

TEST_F(AskedAgain, AfterAStreamThatTwilioCouldNotOpenCounts) {
  talk();
  twilio->end(net::errc::reset);
  settle();
  auto offered = what_next();
  const auto could_not_open = [&](const std::string& stream) {
    caf::anon_send(supervisor, stream_reported{{model::twilio::stream_event::error, some_call, {stream}, "31920"}});
    settle();
  };
  for (const auto* stream : {"MZ1", "MZ2"}) {
    could_not_open(stream);
    const auto next = what_next();
    EXPECT_EQ(next.then, what::stream);
    EXPECT_NE(next.ticket, offered.ticket);
    offered = next;
  }
  could_not_open("MZ3");
  EXPECT_EQ(what_next().then, what::say) << "three were given, and none came";
}

// Twilio's report of the stream that broke comes while the next one is on its way, and once more.
TEST_F(AskedAgain, AfterALateReportOfTheStreamBeforeGetsTheStreamThatIsOnItsWay) {
  talk();
  twilio->end(net::errc::reset);
  settle();
  const auto offered = what_next();
  for (int i = 0; i < 2; ++i)
    caf::anon_send(supervisor, stream_reported{{model::twilio::stream_event::error, some_call, some_stream, "31903"}});
  settle();
  EXPECT_EQ(what_next().ticket, offered.ticket);
  caller_comes_back(offered);
  EXPECT_EQ(recorded("state"), "talking");
}

TEST_F(AskedAgain, GivesEachStreamItsTurnWhereTheRequestsHaveTokens) {
  talk();
  twilio->end(net::errc::reset);
  settle();
  for (const auto* token : {"a", "b", "c"}) EXPECT_EQ(next_with_token(token).then, what::stream);
  EXPECT_EQ(next_with_token("d").then, what::say) << "no stream came of three";
}

TEST_F(AskedAgain, ForTheFallbackGetsTheSameStep) {
  tenant->fallback.transfer_to = "+15550109999";
  tenant->fallback.voicemail = true;
  vendor->answer = {std::nullopt, end_reason::agent_not_found, "signed URL: HTTP 404"};
  stream_starts();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(next_with_token("a").then, what::dial) << i;
  EXPECT_EQ(what_next().then, what::dial) << "without a token";
  for (int i = 0; i < 3; ++i) EXPECT_EQ(next_with_token("b", fallback_news::not_answered).then, what::record) << i;
  EXPECT_EQ(next_with_token("c", fallback_news::not_answered).then, what::record) << "another's, of the same request";
  EXPECT_EQ(counted(R"(tonris_fallbacks_total{step="transfer"})"), 1);
  EXPECT_EQ(counted(R"(tonris_fallbacks_total{step="voicemail"})"), 1);
  EXPECT_EQ(recorded("fallback"), "voicemail");
}

TEST_F(AskedAgain, ForTheFallbackNeverGoesInCircles) {
  tenant->fallback.transfer_to = "+15550109999";
  vendor->answer = {std::nullopt, end_reason::agent_not_found, "signed URL: HTTP 404"};
  stream_starts();
  int dials = 0;
  for (int i = 0; i < 20; ++i) dials += what_next().then == what::dial;
  EXPECT_EQ(dials, 3) << "once, and two repetitions";
}

TEST_F(AskedAgain, ByTheNumbersFallbackAddressGoesOnWithTheNextStep) {
  tenant->fallback.transfer_to = "+15550109999";
  tenant->fallback.voicemail = true;
  vendor->answer = {std::nullopt, end_reason::agent_not_found, "signed URL: HTTP 404"};
  stream_starts();
  ASSERT_EQ(what_next().then, what::dial);
  EXPECT_EQ(voice_again(call_status::in_progress, some_call, "x", fallback_news::failed).then, what::record)
      << "the transfer could not even be tried";
  EXPECT_EQ(voice_again(call_status::in_progress, some_call, "y", fallback_news::failed).then, what::say);
}

// --- back on the line

TEST_F(AskedAgain, ByARedirectWhoseStreamHasDroppedGoesOnWithTheConversation) {
  talk();
  twilio->end(net::errc::reset);
  settle();
  ASSERT_EQ(recorded("state"), "stranded");
  caller_comes_back(voice_again());
  EXPECT_EQ(recorded("state"), "talking");
  EXPECT_EQ(record()["conversations"].Size(), 1u);
}

// Twilio asks for the document first, and then stops the stream that it takes the place of.
TEST_F(AskedAgain, ByARedirectBesideTheStreamGoesOnWithTheConversation) {
  talk();
  const auto answer = voice_again();
  ASSERT_EQ(answer.then, what::stream);
  expect_undisturbed();
  pass(1s);
  twilio->say(twilio_stop());
  settle();
  EXPECT_EQ(recorded("state"), "stranded");
  EXPECT_TRUE(agent->open());
  caller_comes_back(answer);
  EXPECT_EQ(recorded("state"), "talking");
  EXPECT_EQ(record()["conversations"].Size(), 1u);
  EXPECT_EQ(record()["streams"].Size(), 2u);
}

TEST_F(AskedAgain, ByARedirectThatLedNowhereEndsAsAHangUp) {
  talk();
  voice_again();
  twilio->say(twilio_stop());
  pass(16s);
  EXPECT_EQ(recorded("state"), "ended");
  EXPECT_EQ(recorded("endReason"), "caller_hung_up");
}

TEST_F(AskedAgain, AfterAHangUpThatWasARedirectGetsAStreamAndANewConversationThatKnowsWhatWasSaid) {
  talk();
  agent->say(agent_says(a_frame));
  agent->say(
      R"({"type":"user_transcript","user_transcription_event":{"user_transcript":"Tuesday, please.","event_id":2}})");
  settle();
  twilio->say(twilio_stop());
  settle();
  ASSERT_EQ(recorded("state"), "ended");
  pass(50min);  // with somebody else, longer than a call may be
  const auto offered = voice_again();
  ASSERT_EQ(offered.then, what::stream);
  EXPECT_EQ(recorded("state"), "ended") << "nothing happens before that stream comes";
  EXPECT_EQ(voice_again().ticket, offered.ticket);
  EXPECT_EQ(live_calls(), 0u);
  dialled_ = dialler.attempts.size();
  caller_comes_back(offered);
  agent_comes_back();
  EXPECT_EQ(recorded("state"), "talking");
  ASSERT_GE(agent->sent.size(), 2u);
  EXPECT_THAT(agent->sent[1], HasSubstr("Tuesday, please."));
  EXPECT_EQ(record()["streams"].Size(), 2u);
  EXPECT_EQ(record()["conversations"].Size(), 2u);
  EXPECT_FALSE(record().HasMember("endReason"));
  EXPECT_EQ(counted(R"(tonris_calls_resumed_total{after="hang_up"})"), 1);
  twilio->say(twilio_media("AAAA"));
  twilio->say(twilio_stop());
  settle();
  EXPECT_EQ(recorded("endReason"), "caller_hung_up");
  EXPECT_EQ(record()["media"]["framesFromCaller"].GetInt(), 1);
  EXPECT_EQ(counted(R"(tonris_frames_total{direction="from_caller"})"), 1) << "each frame is counted once";
  EXPECT_EQ(counted(R"(tonris_calls_ended_total{by="caller",reason="caller_hung_up"})"), 2);
  EXPECT_EQ(counted(R"(tonris_calls_ended_taken_back_total{by="caller",reason="caller_hung_up"})"), 1)
      << "it is one record";
}

TEST_F(AskedAgain, WhileAHungUpCallStillClosesWaitsForItsEnd) {
  talk();
  agent->answers_close = false;
  twilio->say(twilio_stop());
  settle();
  ASSERT_EQ(recorded("state"), "ending");
  const auto answer = std::make_shared<std::optional<call_answer>>();
  auto request = request_of(some_call);
  request.status = call_status::in_progress;
  system.spawn([=, this, to = supervisor](caf::event_based_actor* self) {
    self->request(to, 10s, start_call{request, tenant, {"agent_1"}, 0}).then([=](const call_answer& a) {
      *answer = a;
    });
  });
  settle();
  EXPECT_FALSE(answer->has_value());
  agent->answers_close = true;
  settle();
  ASSERT_TRUE(answer->has_value());
  EXPECT_EQ((*answer)->then, what::stream);
  dialled_ = dialler.attempts.size();
  caller_comes_back(**answer);
  agent_comes_back();
  EXPECT_EQ(recorded("state"), "talking");
}

TEST_F(AskedAgain, ByACallerWhoHungUpDuringTheGoodbyeGoesOn) {
  talk();
  agent->say(agent_ends_call());
  twilio->say(twilio_stop());
  settle();
  dialled_ = dialler.attempts.size();
  caller_comes_back(voice_again());
  agent_comes_back();
  EXPECT_EQ(recorded("state"), "talking");
}

TEST_F(AskedAgain, ByACallerWhoIsBackAFourthTimeHangsUp) {
  talk();
  for (int i = 0; i < 3; ++i) {
    twilio->say(twilio_stop());
    settle();
    const auto offered = voice_again();
    ASSERT_EQ(offered.then, what::stream) << i;
    dialled_ = dialler.attempts.size();
    caller_comes_back(offered);
    agent_comes_back();
    ASSERT_EQ(recorded("state"), "talking");
  }
  twilio->say(twilio_stop());
  settle();
  EXPECT_EQ(voice_again().then, what::hang_up);
}

TEST_F(AskedAgain, WithAnOfferNobodyTookIsAnsweredWithAnotherAndTheOldTicketIsVoid) {
  talk();
  twilio->say(twilio_stop());
  settle();
  const auto first = voice_again();
  pass(61s);
  const auto second = voice_again();
  EXPECT_NE(first.ticket, second.ticket);
  EXPECT_EQ(redeem(first.ticket.value).is, redeemed_ticket::outcome::unknown);
  EXPECT_EQ(redeem(second.ticket.value).is, redeemed_ticket::outcome::ok);
  EXPECT_EQ(redeem(second.ticket.value).is, redeemed_ticket::outcome::used);
}

TEST_F(AskedAgain, AfterTwilioReportedTheEndOpensNothing) {
  talk();
  twilio->say(twilio_stop());
  settle();
  caf::anon_send(supervisor, call_status_changed{some_call, call_status::completed});
  settle();
  EXPECT_EQ(voice_again().then, what::hang_up);
  EXPECT_EQ(voice_again(call_status::ringing).then, what::hang_up);
  EXPECT_EQ(live_calls(), 0u);
}

TEST_F(AskedAgain, AfterTheAgentsGoodbyeHangsUp) {
  talk();
  agent->peer_closes(1000, "");
  pass(11s);
  ASSERT_EQ(recorded("endReason"), "agent_ended");
  EXPECT_EQ(voice_again().then, what::hang_up);
}

}  // namespace
}  // namespace tonris::actors::test
