/// The call's own actor crashes, or its node dies: the call goes on from what is written of it.
#include "tests/actors/call/surviving_call_fixture.hpp"
#include "tests/actors/leg/a_frame.hpp"

namespace tonris::actors::test {
namespace {

using model::twilio::call_status;
using testing::Contains;
using testing::HasSubstr;
using verb = call_answer::verb;

// --- the call's own actor

class CallCrash : public SurvivingCall {
 protected:
  /// The call's actor meets an exception: its clock fails once.
  void crash() {
    auto throws = std::make_shared<bool>(true);
    calls->random = [throws]() -> std::uint32_t {
      if (std::exchange(*throws, false)) throw std::runtime_error("no random numbers");
      return 0;
    };
  }
  /// The call's actor notes Twilio's report, and meets an exception there.
  void crash_in_the_middle() {
    break_pen();
    const model::stream_sid another{"MZ" + std::to_string(++reports_)};  // of the same one it is no news
    caf::anon_send(supervisor, stream_reported{{model::twilio::stream_event::error, some_call, another, {}}});
    settle();
    EXPECT_FALSE(pen_breaks);
  }
  [[nodiscard]] double crashes() const { return counted(R"(tonris_actor_crashes_total{actor="tonris.call"})"); }

 private:
  int reports_ = 0;
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
  agent->say(agent_says(a_frame));
  EXPECT_THAT(twilio->sent, Contains(HasSubstr("VVVV")));
}

std::string user_says(const std::string& text, int event) {
  return R"({"type":"user_transcript","user_transcription_event":{"user_transcript":")" + text + R"(","event_id":)" +
         std::to_string(event) + "}}";
}

TEST_F(CallCrash, TakesWhatItsFormerLifeHadNotRead) {
  talk();
  agent->say(user_says("Before.", 1));
  settle();
  break_pen();
  agent->say(user_says("The one it crashes over.", 2));
  agent->say(user_says("Unread.", 3));
  agent->say(R"({"type":"agent_response","agent_response_event":{"agent_response":"Of course I will.","event_id":4}})");
  agent->say(R"({"type":"agent_response_correction","agent_response_correction_event":{"original_agent_response":)"
             R"("Of course I will.","corrected_agent_response":"Of course","event_id":4}})");
  agent->say(R"({"type":"interruption","interruption_event":{"event_id":4}})");
  for (const char key : {'4', '2'}) twilio->say(twilio_key(key));
  settle();
  EXPECT_EQ(counted(R"(tonris_actor_crashes_total{actor="tonris.call"})"), 1);
  const auto known = record();
  const auto& lines = known["transcript"];
  ASSERT_EQ(lines.Size(), 3u) << "each once, and without the one that would crash this life as well";
  EXPECT_STREQ(lines[0]["text"].GetString(), "Before.");
  EXPECT_STREQ(lines[1]["text"].GetString(), "Unread.");
  EXPECT_STREQ(lines[2]["heard"].GetString(), "Of course");
  EXPECT_EQ(known["interruptions"].GetInt(), 1);
  EXPECT_THAT(agent->sent, Contains(HasSubstr("42")));
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

TEST_F(CallCrash, IsRehearsedWhenThereIsAnAgentToBreak) {
  tenant->rehearsal = model::tenant::rehearsal_type{};
  tenant->rehearsal->what = model::tenant::rehearsal_type::failure::garbage_frame;
  tenant->rehearsal->after_seconds = 1;
  tenant->rehearsal->callers = {"+15550100001"};
  stream_starts();
  pass(1s);
  EXPECT_EQ(record()["restarts"].GetInt(), 0);
  agent_connects();
  agent->say(agent_metadata());
  pass(1s);
  EXPECT_EQ(record()["restarts"].GetInt(), 1);
  pass(1s);
  dialled_ = dialler.attempts.size() - 1;
  agent_comes_back();
  pass(10s);
  EXPECT_EQ(record()["restarts"].GetInt(), 1) << "once";
  EXPECT_EQ(recorded("state"), "talking");
}

TEST_F(CallCrash, RehearsesASlowVendorFromItsFirstAddressOn) {
  tenant->rehearsal = model::tenant::rehearsal_type{};
  tenant->rehearsal->what = model::tenant::rehearsal_type::failure::slow_vendor;
  tenant->rehearsal->after_seconds = 1;
  tenant->rehearsal->callers = {"+15550100001"};
  stream_starts();
  EXPECT_EQ(vendor->asked, 0) << "the address was fetched before its lateness was planned";
  EXPECT_EQ(counted(R"(tonris_rehearsals_total{result="planned"})"), 1);
  pass(900ms);
  EXPECT_TRUE(dialler.attempts.empty());
  pass(100ms);
  EXPECT_EQ(vendor->asked, 1);
  agent_connects();
  agent->say(agent_metadata());
  settle();
  EXPECT_EQ(recorded("state"), "talking");
  EXPECT_EQ(counted(R"(tonris_rehearsals_total{result="done"})"), 1);
}

TEST_F(CallCrash, RehearsesAVendorThatIsTooSlowAndTheCallerGetsTheFallbackInTime) {
  tenant->rehearsal = model::tenant::rehearsal_type{};
  tenant->rehearsal->what = model::tenant::rehearsal_type::failure::slow_vendor;
  tenant->rehearsal->after_seconds = 2;
  tenant->rehearsal->callers = {"+15550100001"};
  stream_starts();
  pass(3s);
  EXPECT_EQ(vendor->asked, 0);
  EXPECT_EQ(recorded("endReason"), "agent_timeout");
  EXPECT_EQ(what_next().then, verb::say);
  EXPECT_EQ(counted(R"(tonris_rehearsals_total{result="planned"})"), 1);
  EXPECT_EQ(counted(R"(tonris_rehearsals_total{result="done"})"), 1) << "once a call";
}

TEST_F(CallCrash, TellsARehearsalThatIsPlannedFromOneThatIsDone) {
  tenant->rehearsal = model::tenant::rehearsal_type{};
  tenant->rehearsal->what = model::tenant::rehearsal_type::failure::agent_drop;
  tenant->rehearsal->after_seconds = 10;
  tenant->rehearsal->callers = {"+15550100001"};
  talk();
  pass(9s);
  EXPECT_EQ(counted(R"(tonris_rehearsals_total{result="planned"})"), 1);
  EXPECT_EQ(counted(R"(tonris_rehearsals_total{result="done"})"), 0);
  pass(1s);
  EXPECT_EQ(counted(R"(tonris_rehearsals_total{result="done"})"), 1);
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

// Twilio asks once: who crashes over the question leaves it to its next life.
TEST_F(CallCrash, AnswersTheQuestionItCrashedOverInItsNextLife) {
  talk();
  const auto make = calls->make_ticket;
  auto throws = std::make_shared<bool>(true);
  calls->make_ticket = [make, throws] {
    if (std::exchange(*throws, false)) throw std::runtime_error("no random numbers");
    return make();
  };
  twilio->end(net::errc::reset);
  settle();
  const auto offered = what_next();
  EXPECT_EQ(counted(R"(tonris_actor_crashes_total{actor="tonris.call"})"), 1);
  caller_comes_back(offered);
  EXPECT_EQ(recorded("state"), "talking");
}

TEST_F(CallCrash, BeginsNoOtherConversationWhenItCrashesOverTheAgentsEnd) {
  talk();
  break_pen();
  agent->peer_closes(1000);
  settle();
  EXPECT_EQ(crashes(), 1);
  pass(11s);
  EXPECT_EQ(recorded("endReason"), "agent_ended");
  EXPECT_EQ(vendor->asked, 1);
}

// It was sent to a call that crashed before it could read it.
TEST_F(CallCrash, AnswersAQuestionThatWasOnItsWayToACrash) {
  talk();
  break_pen();
  caf::anon_send(supervisor, stream_reported{{model::twilio::stream_event::error, some_call, some_stream, {}}});
  EXPECT_EQ(what_next().then, verb::stream);
  EXPECT_EQ(counted(R"(tonris_actor_crashes_total{actor="tonris.call"})"), 1);
  EXPECT_EQ(recorded("state"), "talking");
}

// Its supervisor is told of a new ticket by a longer way than of its crash.
TEST_F(CallCrash, KeepsTheTicketItIssuedLast) {
  talk();
  twilio->end(net::errc::reset);
  settle();
  const auto offered = what_next();
  auto* const known = table->find_live(some_call);
  ASSERT_TRUE(known);
  table->give_ticket(*known, {{"ticket-1"}, known->ticket.expires, true});
  crash_in_the_middle();
  caller_comes_back(offered);
  EXPECT_EQ(recorded("state"), "talking");
}

TEST_F(CallCrash, EndsWithTheFallbackWhenEachNewStreamItOffersCrashesIt) {
  talk();
  calls->make_ticket = []() -> model::ticket { throw std::runtime_error("no random numbers"); };
  twilio->end(net::errc::reset);
  settle();
  EXPECT_EQ(what_next().then, verb::say);  // each life asked needs a ticket for a new stream
  EXPECT_EQ(counted(R"(tonris_actor_crashes_total{actor="tonris.call"})"), 3)
      << "three new streams are what a call gets";
  EXPECT_EQ(live_calls(), 0u);
  EXPECT_EQ(agent->close_code, 1000);
  EXPECT_EQ(what_next().then, verb::say);
}

TEST_F(CallCrash, OfTheLastStreamsLegIsWhatTheCallEndsFor) {
  talk();
  for (unsigned stream = 0; stream < model::supervision::max_new_streams; ++stream) {
    twilio->end(net::errc::reset);
    settle();
    caller_comes_back(what_next());
  }
  caf::anon_send(caller_leg, inject{leg_failure::crash});
  settle();
  EXPECT_EQ(what_next().then, verb::say);
  EXPECT_EQ(recorded("endReason"), "internal_error") << "not what the streams before it broke for";
}

/// Each life of a call's actor crashes, until its budget is used up.
class CallThatCannotLive : public CallCrash {
 protected:
  void expect_buried() {
    EXPECT_EQ(crashes(), 6);
    EXPECT_EQ(counted(R"(tonris_calls_resumed_total{after="crash"})"), 5);
    EXPECT_EQ(counted(R"(tonris_calls_ended_total{by="gateway",reason="internal_error"})"), 1);
    EXPECT_EQ(counted("tonris_calls_live"), 0);
    // nothing of it is left: TearDown counts the actors
    EXPECT_EQ(table->live(), 0u);
    EXPECT_EQ(table->dormant(), 0u);
    EXPECT_EQ(table->tickets(), 0u);
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
    EXPECT_EQ(next.then, verb::dial);
    EXPECT_EQ(next.number, "+15550109999");
    EXPECT_EQ(what_next(call_status::in_progress, some_call, model::fallback_news::answered).then, verb::hang_up);
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
  calls->spawn_agent_leg = [](agent_leg::config) -> agent_leg_actor { throw std::runtime_error("no more actors"); };
  agent->end(net::errc::reset);
  pass(1s);
  expect_buried();
  expect_written_with_the_fallback_that_follows();
}

TEST_F(CallThatCannotLive, HasItsFramesCountedOnceThoughItsCallerHadBeenAway) {
  talk();
  twilio->say(twilio_media("AAAA"));
  twilio->say(twilio_stop());
  settle();
  dialled_ = dialler.attempts.size();
  caller_comes_back(voice_again());
  agent_comes_back();
  for (int life = 1; life <= 6; ++life) crash_in_the_middle();
  EXPECT_EQ(live_calls(), 0u);
  EXPECT_EQ(counted(R"(tonris_frames_total{direction="from_caller"})"), 1);
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
  EXPECT_EQ(what_next().then, verb::hang_up);
}

// --- what outlives the node

TEST_F(CallCrash, ComesBackFromItsCheckpointWhenTheNodeWasGone) {
  talk();
  agent->say(agent_says(a_frame));
  agent->say(R"({"type":"user_transcript","user_transcription_event":{"user_transcript":"Tuesday.","event_id":2}})");
  settle();
  call_waits_in_the_nodes_next_life();
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
  call_waits_in_the_nodes_next_life();
  for (int i = 0; i < 14; ++i) pass(5s);
  EXPECT_EQ(recorded("endReason"), "node_lost");
  const auto batch = journal->take();
  ASSERT_EQ(batch.records.size(), 1u);
  EXPECT_THAT(batch.records[0].json, HasSubstr("node_lost"));
}

TEST_F(CallCrash, BeginsNoOtherConversationWhenTheNodeDiesAfterTheAgentsGoodbye) {
  talk();
  agent->say(agent_ends_call());
  settle();
  ASSERT_EQ(recorded("state"), "talking") << "its last words are on their way";
  call_waits_in_the_nodes_next_life();
  EXPECT_EQ(what_next().then, verb::hang_up);
  EXPECT_EQ(recorded("endReason"), "agent_ended");
  EXPECT_EQ(live_calls(), 0u);
  EXPECT_EQ(vendor->asked, 1);
}

TEST_F(CallCrash, BeginsNoOtherConversationWhenTheNodeDiesAfterTwilioReportedTheEnd) {
  talk();
  agent->answers_close = false;
  caf::anon_send(supervisor, call_status_changed{some_call, call_status::completed});
  settle();
  ASSERT_EQ(recorded("state"), "ending");
  call_waits_in_the_nodes_next_life();
  (void)voice_again();  // an old webhook, sent again by whoever has it: no stream ever comes for what it is told
  EXPECT_EQ(recorded("endReason"), "caller_hung_up");
  EXPECT_EQ(live_calls(), 0u);
  EXPECT_EQ(vendor->asked, 1);
}

TEST_F(CallCrash, HandsACallOverWhenTheNodeStops) {
  talk();
  caf::anon_send(supervisor, stop_taking_calls{});
  caf::anon_send(supervisor, hand_over_calls{});
  settle();
  EXPECT_EQ(twilio->close_code, 1001);
  EXPECT_EQ(agent->close_code, 1000) << "a conversation without a caller costs";
  EXPECT_EQ(live_calls(), 0u);
  EXPECT_EQ(count().returning, 1u) << "Twilio has not asked yet";
  const auto asked = what_next();
  EXPECT_EQ(asked.then, verb::redirect_connect) << "another node, or this one's next life, takes it";
  EXPECT_EQ(asked.pause, 2s) << "the next life needs them to start";
  EXPECT_EQ(count().returning, 0u) << "so this one may go at once";
  std::string written;
  for (const auto& c : journal->take().checkpoints) written = c.json;
  const auto checkpoint = model::parse_checkpoint(written);
  ASSERT_TRUE(checkpoint);
  EXPECT_EQ(checkpoint->record.state, model::call_state::stranded);
  EXPECT_FALSE(checkpoint->record.reason);
}

TEST_F(CallCrash, SendsTwilioOnAlsoWhileWhatIsHandedOverStillCloses) {
  talk();
  agent->answers_close = false;
  caf::anon_send(supervisor, stop_taking_calls{});
  caf::anon_send(supervisor, hand_over_calls{});
  settle();
  ASSERT_EQ(live_calls(), 1u);
  const auto asked = what_next();
  EXPECT_EQ(asked.then, verb::redirect_connect);
  EXPECT_EQ(asked.redirects, 1u);
  EXPECT_EQ(asked.pause, 2s);
  agent->answers_close = true;
  agent->end(net::errc::closed);
  settle();
  ASSERT_EQ(live_calls(), 0u);
  EXPECT_EQ(count().returning, 0u) << "it was asked before it was put down, and is not asked again here";
}

TEST_F(CallCrash, HandsACallOverThatCrashesWhileItCloses) {
  talk();
  agent->answers_close = false;
  caf::anon_send(supervisor, stop_taking_calls{});
  caf::anon_send(supervisor, hand_over_calls{});
  settle();
  crash_in_the_middle();
  ASSERT_EQ(live_calls(), 1u);
  agent->answers_close = true;
  agent->end(net::errc::closed);
  settle();
  EXPECT_EQ(live_calls(), 0u) << "the node waits for it no longer";
  EXPECT_EQ(what_next().then, verb::redirect_connect);
}

TEST_F(CallCrash, GivesItsCallerASentenceWhenNoNodeTakesIt) {
  talk();
  agent->answers_close = false;
  caf::anon_send(supervisor, stop_taking_calls{});
  caf::anon_send(supervisor, hand_over_calls{});
  settle();
  const auto alone = ask<call_answer>(connect_action{some_call, call_status::in_progress, {}, max_redirects});
  ASSERT_TRUE(alone);
  EXPECT_EQ(alone->then, verb::say) << "no other node took it";
  EXPECT_EQ(recorded("endReason"), "shutdown");
  agent->answers_close = true;
  settle();
  EXPECT_EQ(live_calls(), 0u);
}

TEST_F(CallCrash, TakesNoStreamOfACallThatIsHandedOver) {
  const auto answer = rings();
  ASSERT_EQ(answer.then, verb::stream);
  caf::anon_send(supervisor, stop_taking_calls{});
  caf::anon_send(supervisor, hand_over_calls{});
  settle();
  EXPECT_EQ(redeem(answer.ticket.value).is, redeemed_ticket::outcome::unknown);
  EXPECT_EQ(live_calls(), 0u);
  EXPECT_EQ(what_next().then, verb::redirect_connect);
}

}  // namespace
}  // namespace tonris::actors::test
