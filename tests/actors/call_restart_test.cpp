/// What fails in a call is restarted, and the call goes on: agent leg, caller leg, the call's own actor.
#include "actors/call_actor.hpp"
#include "model/base64.hpp"
#include "model/hold_tone.hpp"
#include "tests/actors/call_fixture.hpp"

namespace tonris::actors::test {
namespace {

using model::end_reason;
using model::twilio::call_status;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using what = call_answer::what;

class CallRestart : public CallTest {
 protected:
  /// The agent's next socket, ready to talk.
  void agent_comes_back() {
    ASSERT_GT(dialler.attempts.size(), dialled_);
    dialled_ = dialler.attempts.size();
    agent = make_socket();
    dialler.last().succeed(agent);
    settle();
    agent->say(agent_metadata("ulaw_8000", "ulaw_8000", "conv_" + std::to_string(dialled_)));
    settle();
  }
  void talk() {
    CallTest::talk();
    dialled_ = dialler.attempts.size();
  }
  void caller_comes_back(const call_answer& offered) {
    ASSERT_EQ(offered.then, what::stream);
    const auto redeemed = redeem(offered.ticket.value);
    ASSERT_EQ(redeemed.is, redeemed_ticket::what::ok);
    twilio = make_socket();
    caf::anon_send(redeemed.call, caller_connected{twilio, &services});
    settle();
    twilio->say(twilio_start(some_call, some_account, 8000,
                             {"MZ0000000000000000000000000000000" + std::to_string(++streams_)}));
    settle();
  }
  std::size_t dialled_ = 0;
  int streams_ = 1;
};

// --- the agent leg

TEST_F(CallRestart, OpensANewConversationWhenOneBreaksAndKeepsTheStream) {
  talk();
  agent->say(agent_says("VVVV"));
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
  EXPECT_EQ(next.then, what::dial);
  EXPECT_EQ(next.number, "+15550109999");
  EXPECT_EQ(recorded("fallback"), "transfer");
  EXPECT_EQ(what_next(call_status::in_progress, some_call, model::fallback_news::answered).then, what::hang_up);
  EXPECT_EQ(recorded("fallback"), "transferred");
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
  EXPECT_EQ(what_next().then, what::say);
}

TEST_F(CallRestart, GreetsOnceAndThenWithTheTenantsWordsOrNotAtAll) {
  tenant->greeting = "Hello!";
  talk();
  EXPECT_THAT(agent->sent[0], HasSubstr("Hello!"));
  agent->say(agent_says("VVVV"));
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
  agent->say(agent_says("VVVV"));
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
  agent->say(agent_says("VVVV"));
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
  agent->say(agent_says("VVVV"));
  EXPECT_THAT(twilio->sent, Contains(HasSubstr("VVVV")));
  EXPECT_EQ(record()["streams"].Size(), 2u);
  EXPECT_EQ(record()["conversations"].Size(), 1u);
}

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
  EXPECT_EQ(what_next().then, what::say);
  EXPECT_EQ(recorded("endReason"), "stream_lost");
  EXPECT_EQ(agent->close_code, 1000);
  EXPECT_EQ(live_calls(), 0u);
}

TEST_F(CallRestart, EndsAStrandedCallAtOnceWhenTwilioReportsItsEnd) {
  talk();
  twilio->end(net::errc::reset);
  settle();
  EXPECT_EQ(what_next(call_status::completed).then, what::nothing);
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
  agent->say(agent_says("VVVV"));
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

TEST_F(CallRestart, WarnsTheAgentBeforeTheTimeIsUp) {
  tenant->limits.max_call_seconds = 90;
  talk();
  pass(40s);
  EXPECT_THAT(agent->sent, Not(Contains(HasSubstr("time limit"))));
  pass(21s);
  EXPECT_THAT(agent->sent, Contains(HasSubstr("time limit in 30 seconds")));
}

// --- the call's own actor

class CallCrash : public CallRestart {
 protected:
  /// The call's actor meets an exception: its clock fails once.
  void crash() {
    auto throws = std::make_shared<bool>(true);
    calls->random = [throws]() -> std::uint32_t {
      if (std::exchange(*throws, false)) throw std::runtime_error("no random numbers");
      return 0;
    };
  }
};

TEST_F(CallCrash, GoesOnWithBothLegsAndNoFrameIsLost) {
  talk();
  crash();
  const auto old_twilio = twilio, old_agent = agent;
  agent->end(net::errc::reset);  // the call wants to know how long to wait, and crashes over it
  settle();
  EXPECT_EQ(counted(R"(tonris_actor_crashes_total{actor="tonris.call"})"), 1);
  EXPECT_EQ(counted(R"(tonris_calls_resumed_total{after="crash"})"), 1);
  EXPECT_EQ(live_calls(), 1u);
  EXPECT_TRUE(twilio->open()) << "the caller's stream lives on";
  pass(100ms);
  agent_comes_back();
  EXPECT_EQ(recorded("state"), "talking");
  agent->say(agent_says("VVVV"));
  EXPECT_THAT(twilio->sent, Contains(HasSubstr("VVVV")));
}

TEST_F(CallCrash, IsRehearsedForARealCallOfAListedCaller) {
  tenant->rehearsal = model::tenant::rehearsal_type{};
  tenant->rehearsal->what = model::tenant::rehearsal_type::failure::call_crash;
  tenant->rehearsal->after_seconds = 5;
  tenant->rehearsal->callers = {"+15550100001"};
  talk();
  const auto frames = agent->sent.size();
  pass(5s);
  EXPECT_EQ(counted(R"(tonris_actor_crashes_total{actor="tonris.call"})"), 1);
  EXPECT_EQ(recorded("state"), "talking") << "the legs told the new actor what they had reached";
  EXPECT_TRUE(twilio->open());
  EXPECT_TRUE(agent->open());
  twilio->say(twilio_media("AAAA"));
  EXPECT_GT(agent->sent.size(), frames);
  EXPECT_EQ(record()["streams"].Size(), 1u);
  EXPECT_EQ(record()["conversations"].Size(), 1u);
  twilio->say(twilio_stop());
  settle();
  EXPECT_EQ(recorded("endReason"), "caller_hung_up");
  EXPECT_EQ(agent->close_code, 1000);
}

TEST_F(CallCrash, IsNotRehearsedForACallerWhoIsNotListed) {
  tenant->rehearsal = model::tenant::rehearsal_type{};
  tenant->rehearsal->what = model::tenant::rehearsal_type::failure::agent_drop;
  tenant->rehearsal->callers = {"+15550107777"};
  talk();
  pass(60s);
  EXPECT_TRUE(agent->open());
  EXPECT_EQ(counted(R"(tonris_rehearsals_total{result="refused"})"), 1);
}

TEST_F(CallCrash, EndsWithTheFallbackWhenEachNewStreamItOffersCrashesIt) {
  talk();
  calls->make_ticket = []() -> model::ticket { throw std::runtime_error("no random numbers"); };
  twilio->end(net::errc::reset);
  settle();
  for (int i = 0; i < 6; ++i) what_next();  // each question needs a ticket for a new stream
  EXPECT_EQ(counted(R"(tonris_actor_crashes_total{actor="tonris.call"})"), 3)
      << "three new streams are what a call gets";
  EXPECT_EQ(live_calls(), 0u);
  EXPECT_EQ(agent->close_code, 1000);
  EXPECT_EQ(what_next().then, what::say);
}

/// Each life of a call's actor crashes, until its budget is used up.
class CallThatCannotLive : public CallCrash {
 protected:
  /// The call's actor looks at the clock to note Twilio's report, and meets an exception there.
  void crash_in_the_middle() {
    const auto clock = calls->wall_clock;
    auto throws = std::make_shared<bool>(true);
    calls->wall_clock = [clock, throws] {
      if (std::exchange(*throws, false)) throw std::runtime_error("no time");
      return clock();
    };
    caf::anon_send(supervisor,
                   stream_reported{{model::twilio::stream_status::what::error, some_call, some_stream, {}}});
    settle();
    EXPECT_FALSE(*throws);
    calls->wall_clock = clock;
  }
  [[nodiscard]] double crashes() const { return counted(R"(tonris_actor_crashes_total{actor="tonris.call"})"); }

  void expect_buried() {
    EXPECT_EQ(crashes(), 6);
    EXPECT_EQ(counted(R"(tonris_calls_resumed_total{after="crash"})"), 5);
    EXPECT_EQ(counted(R"(tonris_calls_ended_total{by="gateway",reason="internal_error"})"), 1);
    EXPECT_EQ(counted("tonris_calls_live"), 0);
    // nothing of it is left: TearDown counts the actors
    EXPECT_TRUE(table->calls.empty());
    EXPECT_TRUE(table->sid_of.empty());
    EXPECT_TRUE(table->tickets.empty());
    EXPECT_TRUE(table->waiting.empty());
    EXPECT_EQ(services.legs(), 0u);
    EXPECT_TRUE(twilio->ended());
    EXPECT_EQ(twilio->close_code, 1011) << "Twilio goes on with connect-action";
    // what is known of it
    EXPECT_EQ(recorded("state"), "ended");
    EXPECT_EQ(recorded("endReason"), "internal_error");
    EXPECT_EQ(recorded("endedBy"), "gateway");
    EXPECT_THAT(recorded("endDetail"), HasSubstr("crashed"));
    const auto all = record();
    EXPECT_TRUE(all.HasMember("endedAt"));
    for (const auto* part : {"streams", "conversations"})
      for (const auto& one : all[part].GetArray()) EXPECT_TRUE(one.HasMember("endedAt")) << part;
  }
  /// What the store is told, and what the caller gets.
  void expect_written_with_the_fallback_that_follows() {
    auto batch = journal->take();
    ASSERT_EQ(batch.records.size(), 1u);
    EXPECT_THAT(batch.records[0].json, HasSubstr(R"("endReason":"internal_error")"));
    ASSERT_FALSE(batch.checkpoints.empty());
    EXPECT_THAT(batch.checkpoints.back().json, HasSubstr("internal_error")) << "the fallback goes on over a restart";
    EXPECT_THAT(batch.events, Contains(testing::Field(&model::timeline_event::what, model::call_moment::ended)));

    const auto next = what_next();
    EXPECT_EQ(next.then, what::dial);
    EXPECT_EQ(next.number, "+15550109999");
    EXPECT_EQ(what_next(call_status::in_progress, some_call, model::fallback_news::answered).then, what::hang_up);
    batch = journal->take();
    ASSERT_FALSE(batch.records.empty());
    EXPECT_THAT(batch.records.back().json, HasSubstr(R"("fallback":"transferred")"));
    ASSERT_FALSE(batch.checkpoints.empty());
    EXPECT_EQ(batch.checkpoints.back().json, "") << "nothing to come back to";
  }
};

TEST_F(CallThatCannotLive, EndsWithTheFallbackWhenItCrashesForTheSixthTimeInAMinute) {
  tenant->fallback.transfer_to = "+15550109999";
  talk();
  for (int life = 1; life <= 5; ++life) {
    crash_in_the_middle();
    EXPECT_EQ(crashes(), life);
    EXPECT_EQ(recorded("state"), "talking") << life;
    const auto frames = agent->sent.size();
    twilio->say(twilio_media("AAAA"));
    EXPECT_GT(agent->sent.size(), frames) << "the audio goes on";
    pass(10s);
  }
  crash_in_the_middle();
  expect_buried();
  EXPECT_TRUE(agent->ended());
  EXPECT_EQ(agent->close_code, 1000);
  expect_written_with_the_fallback_that_follows();
}

TEST_F(CallThatCannotLive, EndsWithTheFallbackWhenNoLifeOfItCanEvenBegin) {
  tenant->fallback.transfer_to = "+15550109999";
  talk();
  calls->spawn_agent_leg = [](elevenlabs_socket::config) -> caf::actor { throw std::runtime_error("no more actors"); };
  agent->end(net::errc::reset);
  pass(1s);
  expect_buried();
  expect_written_with_the_fallback_that_follows();
}

TEST_F(CallThatCannotLive, LivesOnWhenItsCrashesAreFarApart) {
  talk();
  for (int life = 1; life <= 8; ++life) {
    crash_in_the_middle();
    EXPECT_EQ(recorded("state"), "talking") << life;
    pass(13s);
  }
  EXPECT_EQ(crashes(), 8);
  EXPECT_TRUE(twilio->open());
  EXPECT_TRUE(agent->open());
}

TEST_F(CallThatCannotLive, KeepsTheReasonItWasEndingFor) {
  talk();
  agent->answers_close = false;
  twilio->say(twilio_stop());
  settle();
  ASSERT_EQ(recorded("state"), "ending");
  for (int life = 1; life <= 6; ++life) crash_in_the_middle();
  EXPECT_EQ(crashes(), 6);
  EXPECT_EQ(recorded("endReason"), "caller_hung_up");
  EXPECT_EQ(live_calls(), 0u);
  agent->answers_close = true;
  settle();
  EXPECT_EQ(services.legs(), 0u);
  EXPECT_EQ(what_next().then, what::hang_up);
}

// --- what outlives the node

TEST_F(CallCrash, ComesBackFromItsCheckpointWhenTheNodeWasGone) {
  talk();
  agent->say(agent_says("VVVV"));
  agent->say(R"({"type":"user_transcript","user_transcription_event":{"user_transcript":"Tuesday.","event_id":2}})");
  settle();
  std::string written;
  for (const auto& c : journal->take().checkpoints) written = c.json;
  const auto checkpoint = model::parse_checkpoint(written);
  ASSERT_TRUE(checkpoint);
  caf::anon_send_exit(supervisor, caf::exit_reason::kill);  // the node dies
  settle();
  table = std::make_shared<call_table>();
  supervise(1000);
  caf::anon_send(supervisor, restore_calls{{*checkpoint}});
  settle();
  EXPECT_EQ(live_calls(), 0u);
  const auto offered = what_next();
  dialled_ = dialler.attempts.size();
  caller_comes_back(offered);
  agent_comes_back();
  EXPECT_EQ(recorded("state"), "talking");
  EXPECT_THAT(agent->sent[1], HasSubstr("Tuesday."));
  EXPECT_EQ(record()["conversations"].Size(), 2u);
  EXPECT_EQ(counted(R"(tonris_calls_resumed_total{after="store"})"), 1);
}

TEST_F(CallCrash, ClosesCallsThatNeverComeBackInTheRecord) {
  talk();
  std::string written;
  for (const auto& c : journal->take().checkpoints) written = c.json;
  caf::anon_send_exit(supervisor, caf::exit_reason::kill);
  settle();
  table = std::make_shared<call_table>();
  supervise(1000);
  caf::anon_send(supervisor, restore_calls{{*model::parse_checkpoint(written)}});
  for (int i = 0; i < 14; ++i) pass(5s);
  EXPECT_EQ(recorded("endReason"), "node_lost");
  const auto batch = journal->take();
  ASSERT_EQ(batch.records.size(), 1u);
  EXPECT_THAT(batch.records[0].json, HasSubstr("node_lost"));
}

TEST_F(CallCrash, HandsACallOverWhenTheNodeStops) {
  talk();
  caf::anon_send(supervisor, stop_taking_calls{});
  caf::anon_send(supervisor, hand_over_calls{});
  settle();
  EXPECT_EQ(twilio->close_code, 1001);
  EXPECT_EQ(agent->close_code, 1000) << "a conversation without a caller costs";
  EXPECT_EQ(live_calls(), 0u);
  const auto asked = what_next();
  EXPECT_EQ(asked.then, what::redirect_connect) << "another node, or this one's next life, takes it";
  std::string written;
  for (const auto& c : journal->take().checkpoints) written = c.json;
  const auto checkpoint = model::parse_checkpoint(written);
  ASSERT_TRUE(checkpoint);
  EXPECT_EQ(checkpoint->record.state, model::call_state::stranded);
  EXPECT_FALSE(checkpoint->record.reason);
}

}  // namespace
}  // namespace tonris::actors::test
