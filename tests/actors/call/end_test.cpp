#include "actors/call/live_call.hpp"

#include <boost/asio/io_context.hpp>

#include "tests/actors/call/call_fixture.hpp"

namespace tonris::actors::test {
namespace {

using model::end_reason;
using model::twilio::call_status;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using verb = call_answer::verb;

class CallEnd : public CallTest {
 protected:
  bool retries = false;  ///< the agent leg is restarted first, as often as the rules allow

  /// The call has ended, for this reason; what Twilio is told next.
  void expect_end(end_reason reason, verb next) {
    settle();
    for (int second = 0; second < 20 && recorded("state") != "ended" && retries; ++second) pass(1s);
    EXPECT_EQ(recorded("state"), "ended");
    EXPECT_EQ(recorded("endReason"), to_string(reason));
    EXPECT_EQ(live_calls(), 0u);
    const auto answer = what_next();
    EXPECT_EQ(answer.then, next);
    if (next == verb::say) {
      EXPECT_EQ(answer.text, default_sentence(reason));
    }
  }
};

// --- the agent

TEST_F(CallEnd, WaitsForTheStreamWhenTheAgentFailedBeforeItAndThenLetsTwilioAsk) {
  vendor->answer = {std::nullopt, end_reason::agent_not_found, "signed URL: HTTP 404"};
  caller_connects();
  EXPECT_EQ(recorded("state"), "ending");
  EXPECT_TRUE(twilio->open());
  twilio->say(twilio_start());
  settle();
  EXPECT_EQ(twilio->close_code, 1000);
  EXPECT_THAT(dialler.attempts, IsEmpty());
  expect_end(end_reason::agent_not_found, verb::say);
}

TEST_F(CallEnd, WaitsTwentySecondsForAStreamWhoseSocketIsThereAndNoMore) {
  vendor->answer = {std::nullopt, end_reason::agent_not_found, "signed URL: HTTP 404"};
  caller_connects();
  pass(19s);
  EXPECT_TRUE(twilio->open());
  pass(2s);
  EXPECT_EQ(twilio->close_code, 1000);
  expect_end(end_reason::agent_not_found, verb::say);
}

// What a node that stops waits for.
TEST_F(CallEnd, LeavesAQuestionOpenUntilTwilioHasAskedIt) {
  talk();
  agent->peer_closes(1000, "");
  settle();
  if (live_calls() > 0) pass(10s);  // the agent's last words are played out
  ASSERT_EQ(live_calls(), 0u);
  EXPECT_EQ(questions(), 1u);
  EXPECT_EQ(what_next().then, verb::hang_up);
  EXPECT_EQ(questions(), 0u);
}

TEST_F(CallEnd, LeavesNoQuestionOpenForLong) {
  vendor->answer = {std::nullopt, end_reason::agent_not_found, "signed URL: HTTP 404"};
  stream_starts();
  EXPECT_EQ(questions(), 1u);
  pass(4s);
  EXPECT_EQ(questions(), 0u) << "Twilio asks at once or never";
}

TEST_F(CallEnd, LeavesNoQuestionOpenWhenTheCallerHungUp) {
  talk();
  twilio->say(twilio_stop());
  settle();
  ASSERT_EQ(live_calls(), 0u);
  EXPECT_EQ(questions(), 0u);
}

TEST_F(CallEnd, LeavesAQuestionOpenWhileATransferRings) {
  tenant->fallback.transfer_to = "+15550109999";
  vendor->answer = {std::nullopt, end_reason::agent_not_found, "signed URL: HTTP 404"};
  stream_starts();
  ASSERT_EQ(what_next().then, verb::dial);
  pass(20s);
  EXPECT_EQ(questions(), 1u);
  pass(5s);
  EXPECT_EQ(questions(), 0u) << "somebody answered: they talk";
  what_next(call_status::in_progress, some_call, model::fallback_news::not_answered);
  EXPECT_EQ(questions(), 0u);
}

TEST_F(CallEnd, FailsWhenTheVendorNeverAnswersAtAll) {
  vendor->silent = true;
  stream_starts();
  pass(5s);
  expect_end(end_reason::agent_timeout, verb::say);
}

TEST_F(CallEnd, FailsWhenTheVendorsActorIsGone) {
  caf::anon_send_exit(calls->vendor, caf::exit_reason::kill);
  settle();
  retries = true;
  stream_starts();
  expect_end(end_reason::agent_timeout, verb::say);
}

TEST_F(CallEnd, ClosesTheStreamWhenTheVendorRefusesTheAgent) {
  stream_starts();
  dialler.last().fail(net::errc::handshake_refused, 401);
  expect_end(end_reason::agent_auth_failed, verb::say);
  EXPECT_EQ(twilio->close_code, 1000);
}

TEST_F(CallEnd, ClosesTheStreamWhenTheConversationIsRefusedForGood) {
  talk();
  agent->peer_closes(1008, "Override is not allowed");
  expect_end(end_reason::agent_refused, verb::say);
  EXPECT_EQ(twilio->close_code, 1000);
  EXPECT_EQ(record()["conversations"].Size(), 1u);
  EXPECT_EQ(record()["restarts"].GetInt(), 0);
}

TEST_F(CallEnd, RecordsTheVendorsCloseCode) {
  talk();
  agent->peer_closes(1008, "Override is not allowed");
  settle();
  EXPECT_EQ(record()["conversations"][0]["closeCode"].GetInt(), 1008);
  EXPECT_THAT(recorded("endDetail"), HasSubstr("Override is not allowed"));
}

TEST_F(CallEnd, SaysTheTenantsOwnWordsInHisLanguage) {
  tenant->fallback.say = "Bitte rufen Sie morgen an.";
  tenant->language = "de";
  talk();
  agent->peer_closes(1008, "Override is not allowed");
  settle();
  const auto answer = what_next();
  EXPECT_EQ(answer.text, "Bitte rufen Sie morgen an.");
  EXPECT_EQ(answer.language, "de");
}

struct broken_goodbye {
  std::string name;
  std::function<void(fake_websocket&)> ends;
};
class CallEndAfterGoodbye : public CallEnd, public testing::WithParamInterface<broken_goodbye> {};

/// The agent used end_call: no second conversation begins, and the caller hears its last words.
TEST_P(CallEndAfterGoodbye, IsAnOrdinaryOneHoweverTheSocketEnds) {
  talk();
  agent->say(agent_says(model::to_base64(std::vector<std::uint8_t>(1600, 0x00))));
  agent->say(agent_ends_call());
  settle();
  EXPECT_EQ(recorded("state"), "talking");
  GetParam().ends(*agent);
  settle();
  EXPECT_EQ(recorded("state"), "ending");
  EXPECT_TRUE(twilio->open()) << "the last words are still to be heard";
  twilio->say(twilio_mark("g1:200"));
  expect_end(end_reason::agent_ended, verb::hang_up);
  EXPECT_EQ(twilio->close_code, 1000);
  EXPECT_EQ(vendor->asked, 1);
  EXPECT_EQ(dialler.attempts.size(), 1u);
  EXPECT_EQ(record()["restarts"].GetInt(), 0);
}
INSTANTIATE_TEST_SUITE_P(
    Sockets, CallEndAfterGoodbye,
    testing::Values(broken_goodbye{"FinOrRst", [](auto& socket) { socket.end(net::errc::reset); }},
                    broken_goodbye{"Silence", [](auto& socket) { socket.end(net::errc::idle_timeout); }},
                    broken_goodbye{"Close1000", [](auto& socket) { socket.peer_closes(1000); }},
                    broken_goodbye{"Close1001", [](auto& socket) { socket.peer_closes(1001); }},
                    broken_goodbye{"Close1005", [](auto& socket) { socket.peer_closes(1005); }},
                    broken_goodbye{"Close1008", [](auto& socket) { socket.peer_closes(1008, "not allowed"); }},
                    broken_goodbye{"Close1011", [](auto& socket) { socket.peer_closes(1011); }},
                    broken_goodbye{"Garbage", [](auto& socket) { socket.say("{"); }},
                    broken_goodbye{"BinaryFrame", [](auto& socket) { socket.end(net::errc::not_text, 1003); }},
                    broken_goodbye{"AnErrorFrame",
                                   [](auto& socket) {
                                     socket.say(R"({"type":"error","error_event":{"code":1011}})");
                                     socket.peer_closes(1011);
                                   }},
                    broken_goodbye{"ACrashOfItsLeg",
                                   [](auto& socket) {
                                     socket.throws_on_send = true;
                                     socket.say(agent_ping(3));
                                   }}),
    [](const auto& row) { return row.param.name; });

// --- the stream

TEST_F(CallEnd, GivesUpWhenNoStreamComes) {
  rings();
  pass(19s);
  EXPECT_EQ(live_calls(), 1u);
  pass(2s);
  expect_end(end_reason::stream_never_came, verb::say);
}

TEST_F(CallEnd, GivesUpWhenTheAgentFailedAndNoStreamComes) {
  vendor->answer = {std::nullopt, end_reason::agent_busy, "signed URL: HTTP 429"};
  rings();
  for (int second = 0; second < 21; ++second) pass(1s);
  EXPECT_EQ(vendor->asked, 6) << "five restarts, and no more";
  expect_end(end_reason::agent_busy, verb::say);
}

TEST_F(CallEnd, GivesUpOnASocketThatNeverStartsItsStream) {
  caller_connects();
  pass(21s);
  expect_end(end_reason::stream_never_came, verb::say);
  EXPECT_FALSE(alive(caller_leg));
}

TEST_F(CallEnd, ForgetsTheSetupLimitOnceTheStreamRuns) {
  stream_starts();
  agent_connects();
  agent->say(agent_metadata());
  pass(60s);
  EXPECT_EQ(recorded("state"), "talking");
}

TEST_F(CallEnd, ClosesTheStreamInOrderWhenItsStartIsWrong) {
  caller_connects();
  twilio->answers_close = false;
  twilio->say(twilio_start({"CA00000000000000000000000000000009"}));
  settle();
  EXPECT_EQ(twilio->close_code, 1008);
  EXPECT_FALSE(twilio->aborted) << "the close frame must get out before the connection is cut";
  twilio->answers_close = true;
  settle();
  EXPECT_EQ(recorded("state"), "ringing") << "another one may name this call";
  pass(21s);
  expect_end(end_reason::stream_protocol_error, verb::say);
}

TEST_F(CallEnd, KnowsAStreamThatIsNotMulawSinceTwilioBillsItAndAsksNoAgentForIt) {
  caller_connects();
  twilio->say(twilio_start(some_call, some_account, 16000));
  expect_end(end_reason::stream_audio_unknown, verb::say);
  const auto all = record();
  ASSERT_EQ(all["streams"].Size(), 1u);
  EXPECT_STREQ(all["streams"][0]["streamSid"].GetString(), some_stream.value.c_str());
  EXPECT_TRUE(all["streams"][0].HasMember("endedAt"));
  EXPECT_FALSE(all.HasMember("answeredAt"));
  EXPECT_THAT(dialler.attempts, IsEmpty());
}

TEST_F(CallEnd, WaitsForTwiliosQuestionWhenTheStreamsConnectionBreaksDuringItsHandshake) {
  const auto answer = rings();
  const auto redeemed = redeem(answer.ticket.value);
  caf::anon_send(redeemed.call, caller_connected{nullptr});
  settle();
  EXPECT_EQ(recorded("state"), "ringing");
  const auto next = what_next();
  EXPECT_EQ(next.then, verb::stream);
  EXPECT_NE(next.ticket, answer.ticket);
}

TEST_F(CallEnd, TakesNoNoticeOfAStreamErrorOnceTheStreamRuns) {
  talk();
  model::twilio::stream_status status;
  status.event = model::twilio::stream_event::error;
  status.call = some_call;
  caf::anon_send(supervisor, stream_reported{status});
  settle();
  EXPECT_EQ(recorded("state"), "talking");
}

TEST_F(CallEnd, NotesAStreamsErrorOnceHoweverOftenAndHoweverLateTwilioReportsIt) {
  talk();
  const auto notes = [&] {
    std::size_t count = 0;
    for (const auto& event : journal->take().events) count += event.detail == "Twilio reports an error: 31903";
    return count;
  };
  const auto report = [&](const std::string& stream) {
    caf::anon_send(supervisor, stream_reported{{model::twilio::stream_event::error, some_call, {stream}, "31903"}});
    settle();
  };
  report("MZ1");
  report("MZ1");
  EXPECT_EQ(notes(), 1u);
  twilio->say(twilio_stop());
  expect_end(end_reason::caller_hung_up, verb::hang_up);
  (void)journal->take();
  report("MZ1");
  EXPECT_EQ(notes(), 0u) << "it was told while the call lived";
  report("MZ2");
  report("MZ2");
  EXPECT_EQ(notes(), 1u);
}

TEST_F(CallEnd, ClosesTheConversationWhenTheStreamBrokeAndTwilioNeverAsks) {
  talk();
  twilio->end(net::errc::reset);
  settle();
  EXPECT_EQ(recorded("state"), "stranded");
  pass(14s);
  EXPECT_TRUE(agent->open()) << "the caller may come back";
  pass(2s);
  expect_end(end_reason::stream_lost, verb::say);
  EXPECT_EQ(agent->close_code, 1000);
}

TEST_F(CallEnd, HangsUpDiallingWhenTheCallerLeavesFirst) {
  stream_starts();
  twilio->say(twilio_stop());
  expect_end(end_reason::caller_hung_up, verb::hang_up);
  EXPECT_TRUE(dialler.last().cancelled);
}

TEST_F(CallEnd, LetsGoOfASecondSocketForTheSameCall) {
  const auto answer = rings();
  const auto redeemed = redeem(answer.ticket.value);
  twilio = make_socket();
  caf::anon_send(redeemed.call, caller_connected{twilio});
  settle();
  auto second = std::make_shared<fake_websocket>(io);
  caf::anon_send(redeemed.call, caller_connected{second});
  settle();
  EXPECT_FALSE(second->started);
  EXPECT_FALSE(second->aborted) << "not touched on the call's thread";
  io.context().poll();
  EXPECT_TRUE(second->aborted) << "on its loop";
  EXPECT_EQ(second.use_count(), 1);
  EXPECT_TRUE(twilio->open());
}

// --- limits and orders

TEST_F(CallEnd, EndsAtTheTenantsMaximumLength) {
  tenant->limits.max_call_seconds = 90;
  talk();
  pass(89s);
  EXPECT_EQ(recorded("state"), "talking");
  pass(2s);
  expect_end(end_reason::max_duration, verb::say);
}

TEST_F(CallEnd, EndsAfterHalfAnHourWhenTheTenantSetNoLength) {
  talk();
  pass(29min);
  EXPECT_EQ(recorded("state"), "talking");
  pass(2min);
  expect_end(end_reason::max_duration, verb::say);
}

TEST_F(CallEnd, EndsOnDemandInEveryState) {
  caf::anon_send(supervisor, end_call{end_reason::operator_hung_up});
  for (int reached = 0; reached < 3; ++reached) {
    const model::call_sid call{"CA0000000000000000000000000000001" + std::to_string(reached)};
    if (reached == 0) rings(call);
    if (reached >= 1) stream_starts(call);
    if (reached == 2) {
      agent_connects();
      agent->say(agent_metadata());
    }
    settle();
    caf::anon_send(supervisor, end_call{end_reason::operator_hung_up});
    settle();
    EXPECT_EQ(recorded("endReason", call), "operator_hung_up") << reached;
    EXPECT_EQ(live_calls(), 0u);
  }
}

TEST_F(CallEnd, EndsWhenTwilioReportsTheFinalStatus) {
  talk();
  caf::anon_send(supervisor, call_status_changed{some_call, call_status::in_progress});
  settle();
  EXPECT_EQ(recorded("state"), "talking");
  caf::anon_send(supervisor, call_status_changed{some_call, call_status::completed});
  expect_end(end_reason::caller_hung_up, verb::hang_up);
  EXPECT_EQ(agent->close_code, 1000);
}

// --- connect-action

TEST_F(CallEnd, AnswersConnectActionWhileItIsEnding) {
  talk();
  twilio->answers_close = false;
  agent->peer_closes(1008, "Override is not allowed");
  settle();
  ASSERT_EQ(recorded("state"), "ending");
  const auto answer = what_next();
  EXPECT_EQ(answer.then, verb::say);
  EXPECT_EQ(answer.text, default_sentence(end_reason::agent_refused));
  twilio->answers_close = true;
  settle();
  EXPECT_EQ(recorded("state"), "ended");
}

TEST_F(CallEnd, AnswersNothingToACallThatIsOver) {
  talk();
  EXPECT_EQ(what_next(call_status::completed).then, verb::nothing);
  expect_end(end_reason::caller_hung_up, verb::hang_up);
  EXPECT_EQ(what_next(call_status::completed).then, verb::nothing);
}

// --- its last word

// From then on the record is the supervisor's, which takes it on another thread.
TEST_F(CallEnd, TouchesNothingAfterItsLastWord) {
  auto finished = std::make_shared<int>(0), passed_on = std::make_shared<int>(0);
  const auto owner = track(caf::actor{system.spawn([=](caf::event_based_actor* self) -> caf::behavior {
    return {[=](const call_finished&) {
              ++*finished;  // and what it sent before it knew
              const auto call = caf::actor_cast<caf::actor>(self->current_sender());
              self->send(call, stream_reported{{model::twilio::stream_event::error, some_call, some_stream, "late"}});
              self->send(call, end_call{end_reason::max_duration});
            },
            [=](const call_status_changed&) { ++*passed_on; }, [=](const stream_reported&) { ++*passed_on; }};
  })});
  auto life = std::make_shared<call_lifeline>();
  life->tenant = tenant;
  life->state.record.call = some_call;
  const auto call = track(system.spawn(
      run_call, live_call::config{caf::actor_cast<call_owner>(owner), calls, life, live_call::beginning::fresh}));
  caf::anon_send(call, end_call{end_reason::operator_hung_up});
  settle();
  ASSERT_EQ(*finished, 1);
  (void)journal->take();
  life->state = {};
  caf::anon_send(call, stream_reported{{model::twilio::stream_event::error, some_call, some_stream, "late"}});
  caf::anon_send(call, caller_connected{make_socket()});
  caf::anon_send(call, told_once{1}, key_pressed{'1'});
  caf::anon_send(call, told_once{2}, transcript_line{true, "Too late.", 1});
  caf::anon_send(call, agent_ready{{"conv_1"}, {}, {}});
  caf::anon_send(call, end_call{end_reason::max_duration});
  caf::anon_send(call, hand_over{});
  caf::anon_send(call, call_status_changed{some_call, call_status::completed});
  pass(1min);
  EXPECT_TRUE(journal->take().empty());
  EXPECT_EQ(life->state, model::call_checkpoint{});
  EXPECT_EQ(*finished, 1);
  EXPECT_EQ(*passed_on, 3) << "what Twilio says of the call is for whoever remembers it";
  EXPECT_TRUE(alive(owner)) << "an error in answer to what it sent would have ended it";
}

// --- its supervisor

TEST_F(CallEnd, FollowsItsSupervisor) {
  talk();
  caf::anon_send_exit(supervisor, caf::exit_reason::kill);
  settle();
  EXPECT_FALSE(alive(caller_leg));
  EXPECT_FALSE(alive(agent_leg));
  EXPECT_TRUE(twilio->aborted);
  EXPECT_TRUE(agent->aborted);
}

// --- measured

TEST_F(CallEnd, CountsOnceHowLongTheCallTookToSetUpAndLasted) {
  caller_connects();
  pass(700ms);
  twilio->say(twilio_start());
  settle();
  pass(40s);
  twilio->say(twilio_stop());
  settle();
  EXPECT_EQ(counted("tonris_call_setup_seconds_count"), 1);
  EXPECT_NEAR(counted("tonris_call_setup_seconds_sum"), 0.7, 0.05);
  EXPECT_EQ(counted(R"(tonris_call_duration_seconds_bucket{le="30"})"), 0);
  EXPECT_EQ(counted(R"(tonris_call_duration_seconds_bucket{le="60"})"), 1);
  EXPECT_GE(counted("tonris_calls_metered_seconds_total"), 41);
  EXPECT_EQ(counted("tonris_calls_metered_seconds_total"), record()["meteredSeconds"].GetUint());
}

TEST_F(CallEnd, CountsNoLengthOfACallThatWasNeverAnswered) {
  rings();
  pass(21s);
  ASSERT_EQ(recorded("state"), "ended");
  EXPECT_EQ(counted("tonris_call_setup_seconds_count"), 0);
  EXPECT_EQ(counted("tonris_call_duration_seconds_count"), 0);
}

}  // namespace
}  // namespace tonris::actors::test
