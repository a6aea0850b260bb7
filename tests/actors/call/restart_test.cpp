/// What fails in a call is restarted, and the call goes on: its agent leg, its caller leg.
#include "model/audio/hold_tone.hpp"
#include "tests/actors/call/surviving_call_fixture.hpp"
#include "tests/actors/leg/a_frame.hpp"

namespace tonris::actors::test {
namespace {

using model::end_reason;
using model::twilio::call_status;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using verb = call_answer::verb;

using CallRestart = SurvivingCall;

// --- the agent leg

TEST_F(CallRestart, OpensANewConversationWhenOneBreaksAndKeepsTheStream) {
  talk();
  agent->say(agent_says(a_frame));
  agent->say(
      R"({"type":"user_transcript","user_transcription_event":{"user_transcript":"Tuesday, please.","event_id":2}})");
  settle();
  agent->end(net::errc::reset);
  settle();
  EXPECT_EQ(recorded("state"), "holding");
  EXPECT_TRUE(twilio->open());
  twilio->say(twilio_media("AAAA"));  // said into the gap
  pass(100ms);
  agent_comes_back();
  EXPECT_EQ(recorded("state"), "talking");
  ASSERT_GE(agent->sent.size(), 3u);
  EXPECT_THAT(agent->sent[1], AllOf(HasSubstr("contextual_update"), HasSubstr("Tuesday, please.")));
  EXPECT_THAT(agent->sent[2], HasSubstr("AAAA")) << "what was said into the gap comes first";
  EXPECT_EQ(record()["restarts"].GetInt(), 1);
  EXPECT_EQ(record()["conversations"].Size(), 2u);
  EXPECT_EQ(counted(R"(tonris_agent_restarts_total{by="network",reason="agent_lost"})"), 1);
}

TEST_F(CallRestart, TellsTheNewConversationTheNewestWordsOfALongOne) {
  talk();
  for (int n = 0; n < 70; ++n) agent->say(agent_answers("Line " + std::to_string(n) + std::string(4'000, '.')));
  agent->say(agent_answers("See you on Tuesday."));
  settle();
  agent->end(net::errc::reset);
  pass(100ms);
  agent_comes_back();
  EXPECT_THAT(agent->sent[1], AllOf(HasSubstr("The end of the conversation so far"), HasSubstr("See you on Tuesday.")));
  EXPECT_EQ(record()["transcript"].Size() + record()["transcriptLeftOut"].GetUint(), 71u);
}

struct healing_close {
  std::string name;
  std::uint16_t code;
};
class CallRestartsAfter : public CallRestart, public testing::WithParamInterface<healing_close> {};
TEST_P(CallRestartsAfter, TheClose) {
  talk();
  agent->peer_closes(GetParam().code, "");
  settle();
  EXPECT_EQ(recorded("state"), "holding");
  pass(100ms);
  agent_comes_back();
  EXPECT_EQ(recorded("state"), "talking");
}
INSTANTIATE_TEST_SUITE_P(Codes, CallRestartsAfter,
                         testing::Values(healing_close{"Abnormal", 1006}, healing_close{"Internal", 1011},
                                         healing_close{"Restart", 1012}, healing_close{"TryAgain", 1013}),
                         [](const auto& row) { return row.param.name; });

// A leg stays on its loop: the stream comes to where the agent is.
TEST_F(CallRestart, BringsANewStreamFromItsDoorToTheConversationThatGoesOn) {
  stream_starts();
  agent_connects();
  twilio->end(net::errc::reset);
  settle();
  const auto offered = what_next();
  ASSERT_EQ(offered.then, verb::stream);
  const auto redeemed = redeem(offered.ticket.value);
  twilio = make_socket();
  std::shared_ptr<net::websocket> taken;
  services.take_over = [&](auto socket, auto done) {
    taken = std::move(socket);
    done(twilio);
  };
  caf::anon_send(redeemed.call, caller_connected{twilio});
  agent->say(agent_metadata());
  settle();
  EXPECT_EQ(taken, twilio);
  twilio->say(twilio_start(some_call, some_account, 8000, {"MZ00000000000000000000000000000002"}));
  settle();
  EXPECT_EQ(recorded("state"), "talking");
  EXPECT_EQ(dialler.attempts.size(), 1u);
}

TEST_F(CallRestart, OffersAnotherStreamWhereOneBrokeOnItsWayFromTheDoor) {
  talk();
  twilio->end(net::errc::reset);
  settle();
  const auto redeemed = redeem(what_next().ticket.value);
  services.take_over = [](const auto&, auto done) { done(nullptr); };
  caf::anon_send(redeemed.call, caller_connected{make_socket()});
  settle();
  EXPECT_EQ(recorded("state"), "stranded");
  EXPECT_EQ(what_next().then, verb::stream);
}

TEST_F(CallRestart, RetriesASignedUrlThatIsRefusedForNow) {
  talk();
  vendor->answer = {std::nullopt, end_reason::agent_busy, "signed URL: HTTP 429"};
  agent->end(net::errc::reset);
  pass(100ms);
  EXPECT_EQ(recorded("state"), "holding");
  vendor->answer = {model::elevenlabs::signed_url{"wss://agent.example/?cvtkn_2", {}}, {}, {}};
  pass(200ms);
  agent_comes_back();
  EXPECT_EQ(recorded("state"), "talking");
  EXPECT_EQ(record()["restarts"].GetInt(), 2);
}

TEST_F(CallRestart, UsesUpItsBudgetAndThenGivesTheFallbackAtOnce) {
  tenant->fallback.transfer_to = "+15550109999";
  talk();
  for (int i = 0; i < 5; ++i) {
    agent->end(net::errc::reset);
    pass(2s);
    agent_comes_back();
  }
  EXPECT_EQ(recorded("state"), "talking");
  agent->end(net::errc::reset);
  settle();
  EXPECT_EQ(recorded("endReason"), "agent_lost");
  EXPECT_EQ(twilio->close_code, 1000);
  const auto next = what_next();
  EXPECT_EQ(next.then, verb::dial);
  EXPECT_EQ(next.number, "+15550109999");
  EXPECT_EQ(recorded("fallback"), "transfer");
  EXPECT_EQ(what_next(call_status::in_progress, some_call, model::fallback_news::answered).then, verb::hang_up);
  EXPECT_EQ(recorded("fallback"), "transferred");
}

// Twilio asks with the call's final status when the caller ends a transferred call.
TEST_F(CallRestart, KeepsTheOutcomeOfATransferWhoseCallerIsGone) {
  tenant->fallback.transfer_to = "+15550109999";
  vendor->answer = {std::nullopt, end_reason::agent_not_found, "signed URL: HTTP 404"};
  stream_starts();
  ASSERT_EQ(what_next().then, verb::dial);
  EXPECT_EQ(what_next(call_status::completed, some_call, model::fallback_news::answered).then, verb::nothing);
  EXPECT_EQ(recorded("fallback"), "transferred");
  std::string written;
  for (const auto& r : journal->take().records) written = r.json;
  EXPECT_THAT(written, HasSubstr(R"("fallback":"transferred")"));
}

TEST_F(CallRestart, GetsItsBudgetBackAfterAMinute) {
  talk();
  for (int i = 0; i < 8; ++i) {
    agent->end(net::errc::reset);
    pass(2s);
    agent_comes_back();
    pass(14s);
  }
  EXPECT_EQ(recorded("state"), "talking");
}

TEST_F(CallRestart, GivesUpOnAFirstConversationWithinThreeSeconds) {
  stream_starts();
  for (int tenth = 0; tenth < 30 && recorded("state") == "connecting"; ++tenth) {
    for (auto& attempt : dialler.attempts) attempt->fail(net::errc::connect_refused);
    pass(100ms);
  }
  EXPECT_EQ(recorded("endReason"), "agent_unreachable");
  EXPECT_EQ(what_next().then, verb::say);
}

TEST_F(CallRestart, GreetsOnceAndThenWithTheTenantsWordsOrNotAtAll) {
  tenant->greeting = "Hello!";
  talk();
  EXPECT_THAT(agent->sent[0], HasSubstr("Hello!"));
  agent->say(agent_says(a_frame));
  agent->end(net::errc::reset);
  pass(100ms);
  agent_comes_back();
  EXPECT_THAT(agent->sent[0], HasSubstr(R"("first_message":"")"));
  tenant->resume_greeting = "Sorry, where were we?";
  agent->end(net::errc::reset);
  pass(1s);
  agent_comes_back();
  EXPECT_THAT(agent->sent[0], HasSubstr("Sorry, where were we?"));
}

TEST_F(CallRestart, SendsNoOverrideTheAgentMayForbid) {
  talk();
  agent->say(agent_says(a_frame));
  agent->end(net::errc::reset);
  pass(100ms);
  agent_comes_back();
  EXPECT_THAT(agent->sent[0], Not(HasSubstr("first_message")));
}

TEST_F(CallRestart, GreetsAgainWhenNobodyHasHeardTheAgentYet) {
  tenant->greeting = "Hello!";
  talk();
  agent->end(net::errc::reset);
  pass(100ms);
  agent_comes_back();
  EXPECT_THAT(agent->sent[0], HasSubstr("Hello!"));
}

TEST_F(CallRestart, PlaysAHoldToneAfterASecondWithoutAgentAndStopsItWithTheAgent) {
  talk();
  agent->end(net::errc::reset);
  settle();
  const auto tones = [this] {
    return std::count_if(twilio->sent.begin(), twilio->sent.end(), [](const std::string& m) {
      return m.find(model::hold_tone_piece(0)) != std::string::npos ||
             m.find(model::hold_tone_piece(1)) != std::string::npos;
    });
  };
  tick(10);
  EXPECT_EQ(tones(), 0);
  tick(2);
  EXPECT_GE(tones(), 2);
  pass(100ms);
  agent_comes_back();
  twilio->sent.clear();
  agent->say(agent_says(a_frame));
  ASSERT_GE(twilio->sent.size(), 2u);
  EXPECT_THAT(twilio->sent[0], HasSubstr("clear"));
  EXPECT_THAT(twilio->sent[1], HasSubstr("VVVV"));
  tick(20);
  EXPECT_EQ(tones(), 0);
}

TEST_F(CallRestart, SurvivesTheCrashOfItsAgentLeg) {
  talk();
  agent->throws_on_send = true;
  twilio->say(twilio_media("VVVV"));
  settle();
  EXPECT_EQ(recorded("state"), "holding");
  EXPECT_TRUE(twilio->open());
  pass(100ms);
  agent_comes_back();
  EXPECT_EQ(recorded("state"), "talking");
  EXPECT_EQ(counted(R"(tonris_actor_crashes_total{actor="tonris.elevenlabs_socket"})"), 1);
}

TEST_F(CallRestart, SurvivesAnAgentLegThatCrashesAtBirth) {
  dialler.throws = true;
  stream_starts();
  EXPECT_EQ(recorded("state"), "connecting");
  dialler.throws = false;
  pass(100ms);
  agent_comes_back();
  EXPECT_EQ(recorded("state"), "talking");
}

// --- the caller leg

TEST_F(CallRestart, GivesACallerWhoseStreamDroppedANewOneAndTheConversationGoesOn) {
  talk();
  twilio->end(net::errc::reset);
  settle();
  EXPECT_EQ(recorded("state"), "stranded");
  caller_comes_back(what_next());
  EXPECT_EQ(recorded("state"), "talking");
  EXPECT_TRUE(agent->open());
  EXPECT_THAT(agent->sent.back(), HasSubstr("was not heard"));
  twilio->sent.clear();
  agent->say(agent_says(a_frame));
  EXPECT_THAT(twilio->sent, Contains(HasSubstr("VVVV")));
  EXPECT_EQ(record()["streams"].Size(), 2u);
  EXPECT_EQ(record()["conversations"].Size(), 1u);
}

/// The agent's text and audio come when the caller is not there: before his stream drops, while he is away, or one
/// each.
struct absent_caller {
  std::string name;
  bool text_before, audio_before, audio;
};
class CallRestartOfAStream : public CallRestart, public testing::WithParamInterface<absent_caller> {
 protected:
  void agent_speaks(bool text, bool audio) {
    if (text)
      agent->say(R"({"type":"agent_response","agent_response_event":{"agent_response":"We are open.","event_id":1}})");
    if (audio) agent->say(agent_says(loud));
  }
  const std::string loud = model::to_base64(std::vector<std::uint8_t>(800, 0x00));
  const std::string silent = model::to_base64(std::vector<std::uint8_t>(160, 0xFF));
  void frames_for(int seconds) {
    for (int n = 0; n < 10 * seconds; ++n) {
      twilio->say(twilio_media(silent));
      tick();
    }
  }
};

TEST_P(CallRestartOfAStream, OwesNothingToACallerWhoWasAway) {
  const auto& row = GetParam();
  talk();
  for (int drop = 1; drop <= 2; ++drop) {
    agent_speaks(row.text_before, row.audio_before);
    twilio->end(net::errc::reset);
    agent_speaks(!row.text_before, !row.audio_before && row.audio);
    settle();
    caller_comes_back(what_next());
    frames_for(11);
    EXPECT_EQ(recorded("state"), "talking") << drop;
    EXPECT_EQ(record()["conversations"].Size(), 1u) << drop;
  }
  // The watch is awake all the same: an answer that he should hear, and does not.
  agent_speaks(true, false);
  frames_for(11);
  EXPECT_EQ(record()["restarts"].GetInt(), 1);
  EXPECT_EQ(counted(R"(tonris_agent_restarts_total{by="vendor",reason="agent_not_audible"})"), 1);
}
INSTANTIATE_TEST_SUITE_P(Absent, CallRestartOfAStream,
                         testing::Values(absent_caller{"AnsweredWhileHeWasAway", false, false, true},
                                         absent_caller{"AnsweredAsHeLeft", true, false, true},
                                         absent_caller{"AnsweredAndHeardBefore", true, true, true},
                                         absent_caller{"AnsweredWithoutAudioWhileHeWasAway", false, false, false}),
                         [](const auto& row) { return row.param.name; });

TEST_F(CallRestart, TakesTwiliosQuestionForTheEndOfAStreamItThoughtOpen) {
  talk();
  const auto old = twilio;
  old->answers_close = false;  // half-open: its end is noticed when the next stream runs already
  caller_comes_back(what_next());
  EXPECT_EQ(old->close_code, 1001);
  old->answers_close = true;
  settle();
  EXPECT_EQ(recorded("state"), "talking");
  twilio->say(twilio_stop());
  settle();
  EXPECT_EQ(recorded("endReason"), "caller_hung_up") << "the new stream is the call's, not the old one";
}

TEST_F(CallRestart, GivesThreeNewStreamsAndThenTheFallback) {
  talk();
  for (int i = 0; i < 3; ++i) {
    twilio->end(net::errc::reset);
    settle();
    caller_comes_back(what_next());
    EXPECT_EQ(recorded("state"), "talking");
  }
  twilio->end(net::errc::reset);
  settle();
  EXPECT_EQ(what_next().then, verb::say);
  EXPECT_EQ(recorded("endReason"), "stream_lost");
  EXPECT_EQ(agent->close_code, 1000);
  EXPECT_EQ(live_calls(), 0u);
}

TEST_F(CallRestart, GivesANewStreamForOneThatBrokeTheProtocol) {
  tenant->fallback.transfer_to = "+15550109999";
  talk();
  for (int i = 0; i < 3; ++i) {
    twilio->say("what is no message");
    settle();
    EXPECT_EQ(recorded("state"), "stranded");
    caller_comes_back(what_next());
    EXPECT_EQ(recorded("state"), "talking");
  }
  EXPECT_EQ(record()["conversations"].Size(), 1u) << "the conversation went on";
  twilio->say("what is no message");
  settle();
  EXPECT_EQ(what_next().then, verb::dial);
  EXPECT_EQ(recorded("endReason"), "stream_protocol_error");
}

// The whole way of frames that come in bursts, through both legs.
TEST_F(CallRestart, HandsTheAgentSpeechThatComesInBurstsWholeAndNothingElse) {
  for (const int batch : {240, 500, 1000}) {
    const model::call_sid call{"CA0000000000000000000000000000" + std::to_string(1000 + batch)};
    rings(call);
    stream_starts(call);
    agent_connects();
    agent->say(agent_metadata());
    settle();
    agent->sent.clear();
    std::vector<std::string> said;
    int chunk = 0;
    for (int now = 0; now < 4800; now += 20) {
      if (now % 100 == 0) tick();
      if ((now + 20) % batch != 0 && now + 20 != 4800) continue;
      while (chunk * 20 < now + 20) {
        ++chunk;
        said.push_back(heard_by_agent(model::to_base64(std::vector<std::uint8_t>(160, std::uint8_t(chunk)))));
        twilio->say(twilio_media(model::to_base64(std::vector<std::uint8_t>(160, std::uint8_t(chunk))), chunk));
      }
    }
    EXPECT_EQ(agent->sent, said) << batch;
    twilio->say(twilio_stop(call));
    settle();
  }
}

TEST_F(CallRestart, EndsAStrandedCallAtOnceWhenTwilioReportsItsEnd) {
  talk();
  twilio->end(net::errc::reset);
  settle();
  EXPECT_EQ(what_next(call_status::completed).then, verb::nothing);
  EXPECT_EQ(recorded("endReason"), "caller_hung_up");
  EXPECT_EQ(agent->close_code, 1000);
}

TEST_F(CallRestart, LooksForAnAgentWhenTheCallerIsBackAndTheAgentWentMeanwhile) {
  talk();
  twilio->end(net::errc::reset);
  settle();
  agent->end(net::errc::reset);
  settle();
  EXPECT_EQ(recorded("state"), "stranded");
  caller_comes_back(what_next());
  EXPECT_EQ(recorded("state"), "connecting");
  agent_comes_back();
  EXPECT_EQ(recorded("state"), "talking");
}

TEST_F(CallRestart, SurvivesTheCrashOfItsCallerLeg) {
  talk();
  twilio->throws_on_send = true;
  agent->say(agent_says(a_frame));
  settle();
  EXPECT_EQ(recorded("state"), "stranded");
  EXPECT_TRUE(agent->open());
  caller_comes_back(what_next());
  EXPECT_EQ(recorded("state"), "talking");
}

TEST_F(CallRestart, EndsAStreamOnWhichNoFrameComesForTenSeconds) {
  talk();
  tick(99);
  EXPECT_EQ(recorded("state"), "talking");
  tick(2);
  settle();
  EXPECT_EQ(recorded("endReason"), "stream_idle");
  EXPECT_EQ(agent->close_code, 1000) << "the conversation costs nothing more";
  EXPECT_EQ(live_calls(), 0u);
}

// --- the call's length

class CallLength : public CallRestart {
 protected:
  /// Until the agent was asked for its goodbye.
  void talk_until_the_warning() {
    tenant->limits.max_call_seconds = 90;
    talk();
    pass(40s);
    EXPECT_THAT(agent->sent, Not(Contains(asking)));
    pass(21s);
    EXPECT_THAT(agent->sent, Contains(asking).Times(1));
  }
  void says_goodbye() {
    agent->say(agent_answers("Goodbye!"));
    agent->say(agent_says(model::to_base64(std::vector<std::uint8_t>(1600, 0x00))));
    tick(31);
  }
  const testing::Matcher<std::string> asking =
      AllOf(HasSubstr(R"("type":"user_message")"), HasSubstr("time limit in 30 seconds"));
};

TEST_F(CallLength, IsClosedOnceTheAgentHasSaidGoodbyeAndTheCallerHasHeardIt) {
  talk_until_the_warning();
  says_goodbye();
  EXPECT_EQ(recorded("state"), "ending");
  EXPECT_EQ(agent->close_code, 1000) << "nothing more is to be said";
  EXPECT_TRUE(twilio->open());
  twilio->say(twilio_mark("g1:200"));
  settle();
  EXPECT_EQ(recorded("endReason"), "max_duration");
  EXPECT_EQ(twilio->close_code, 1000);
  EXPECT_EQ(what_next().then, verb::say);
}

TEST_F(CallLength, IsTheTenantsThoughTheCallerHasNotHeardAll) {
  talk_until_the_warning();
  agent->say(agent_answers("Goodbye, and by the way"));
  agent->say(agent_says(model::to_base64(std::vector<std::uint8_t>(60 * 8000, 0x00))));
  tick(31);
  EXPECT_EQ(recorded("state"), "ending");
  pass(30s);
  EXPECT_EQ(recorded("state"), "ended");
  EXPECT_EQ(recorded("endReason"), "max_duration");
}

TEST_F(CallLength, IsTheTenantsThoughTheAgentSaysNothing) {
  talk_until_the_warning();
  pass(28s);
  EXPECT_EQ(recorded("state"), "talking");
  pass(2s);
  EXPECT_EQ(recorded("endReason"), "max_duration");
}

TEST_F(CallLength, IsToldAnAgentThatComesBackMeanwhile) {
  talk_until_the_warning();
  agent->end(net::errc::reset);
  pass(100ms);
  agent_comes_back();
  EXPECT_THAT(agent->sent, Contains(asking).Times(1));
  says_goodbye();
  EXPECT_EQ(recorded("state"), "ending");
}

TEST_F(CallLength, IsToldOnceThoughTheCallsActorCrashes) {
  talk_until_the_warning();
  break_pen();
  twilio->say(twilio_key('1'));
  settle();
  EXPECT_EQ(counted(R"(tonris_actor_crashes_total{actor="tonris.call"})"), 1);
  EXPECT_THAT(agent->sent, Contains(asking).Times(1));
}

}  // namespace
}  // namespace tonris::actors::test
