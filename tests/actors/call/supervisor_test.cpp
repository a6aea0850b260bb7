#include "actors/call/supervisor.hpp"

#include "model/text/iso_time.hpp"
#include "tests/actors/call/call_fixture.hpp"

namespace tonris::actors::test {
namespace {

using model::end_reason;
using model::twilio::call_status;
using testing::HasSubstr;
using what = call_answer::verb;
using redeemed = redeemed_ticket::outcome;

class Supervisor : public CallTest {
 protected:
  static model::call_sid call(int number) {
    auto digits = std::to_string(number);
    return {"CA" + std::string(32 - digits.size(), '0') + digits};
  }
  static model::twilio::recording_status recording(std::string sid, std::string status = "completed") {
    model::twilio::recording_status reported;
    reported.recording_sid = std::move(sid);
    reported.url = "https://recordings.example/" + reported.recording_sid;
    reported.status = std::move(status);
    reported.seconds = 7;
    return reported;
  }
};

TEST_F(Supervisor, MakesOneCallOfTwilioAskingTwice) {
  const auto first = rings(), again = rings();
  EXPECT_EQ(first.then, what::stream);
  EXPECT_EQ(first.ticket, again.ticket);
  EXPECT_EQ(live_calls(), 1u);
  EXPECT_EQ(vendor->asked, 1);
  EXPECT_EQ(counted("tonris_calls_started_total"), 1);
}

TEST_F(Supervisor, GivesEachCallItsOwnTicket) {
  EXPECT_NE(rings(call(1)).ticket, rings(call(2)).ticket);
  EXPECT_EQ(live_calls(), 2u);
  EXPECT_EQ(counted("tonris_calls_live"), 2);
}

TEST_F(Supervisor, TakesATicketOnce) {
  const auto ticket = rings().ticket.value;
  const auto first = redeem(ticket);
  EXPECT_EQ(first.is, redeemed::ok);
  EXPECT_TRUE(first.call);
  const auto second = redeem(ticket);
  EXPECT_EQ(second.is, redeemed::used);
  EXPECT_FALSE(second.call);
}

TEST_F(Supervisor, KnowsNoTicketItDidNotGive) {
  rings();
  EXPECT_EQ(redeem("").is, redeemed::unknown);
  EXPECT_EQ(redeem("ticket-2").is, redeemed::unknown);
}

TEST_F(Supervisor, TakesNoTicketOfACallThatEnded) {
  const auto ticket = rings().ticket.value;
  pass(21s);
  EXPECT_EQ(redeem(ticket).is, redeemed::unknown);
}

TEST_F(Supervisor, TakesNoTicketOlderThanAMinute) {
  const auto ticket = rings().ticket.value;
  // A call that waits for its stream ends before that; the clock jumps, as when the machine was asleep.
  auto answer = std::make_shared<redeemed_ticket>();
  system.spawn([=, to = supervisor](caf::event_based_actor* self) {
    self->request(to, caf::infinite, redeem_ticket{{ticket}}).then([=](const redeemed_ticket& a) { *answer = a; });
  });
  scheduler.run_once();  // asks
  scheduler.clock().current_time += 61s;
  settle();
  EXPECT_EQ(answer->is, redeemed::unknown);
}

TEST_F(Supervisor, RefusesCallsBeyondItsLimitWithASentence) {
  caf::anon_send_exit(supervisor, caf::exit_reason::kill);
  supervise(2);
  tenant->language = "en";
  rings(call(1));
  rings(call(2));
  const auto third = rings(call(3));
  EXPECT_EQ(third.then, what::say);
  EXPECT_EQ(third.text, default_sentence(end_reason::node_full));
  EXPECT_EQ(rings(call(2)).then, what::stream) << "a retry of a call that is there";
  EXPECT_EQ(counted(R"(tonris_calls_refused_total{by="gateway",reason="node_full"})"), 1);
  pass(21s);
  EXPECT_EQ(rings(call(3)).then, what::say) << "a retry of the refused call hears the same";
  EXPECT_EQ(rings(call(4)).then, what::stream) << "room again";
}

TEST_F(Supervisor, WritesDownWhenItRefusedACallThatNoRuleHadDecidedAbout) {
  ASSERT_TRUE(ask<call_answer>(refuse_call{request_of(some_call), tenant, end_reason::tenant_suspended}));
  EXPECT_EQ(recorded("startedAt"), model::iso_time(calls->wall_clock()));
  EXPECT_EQ(recorded("endedAt"), recorded("startedAt"));
}

TEST_F(Supervisor, SendsNewCallsOnTwiceOnceTheNodeStops) {
  talk();
  caf::anon_send(supervisor, stop_taking_calls{});
  settle();
  for (unsigned sent_on = 0; sent_on < 2; ++sent_on) {
    const auto late = ask<call_answer>(start_call{request_of(call(2)), tenant, {"agent_1"}, sent_on});
    EXPECT_EQ(late->then, what::redirect_voice);
    EXPECT_EQ(late->redirects, sent_on + 1);
    EXPECT_EQ(late->pause, 2s) << "at once it would only meet this node again";
  }
  const auto alone = ask<call_answer>(start_call{request_of(call(2)), tenant, {"agent_1"}, 2});
  EXPECT_EQ(alone->then, what::say);
  EXPECT_EQ(alone->text, default_sentence(end_reason::shutdown));
  EXPECT_EQ(live_calls(), 1u) << "the call that is in goes on";
}

TEST_F(Supervisor, RefusesCallsWhileTheNodeIsOverloadedAndKeepsThoseThatAreIn) {
  talk();
  overloaded = end_reason::node_overloaded;
  tenant->fallback.transfer_to = "+15550109999";
  const auto refused = rings(call(2));
  EXPECT_EQ(refused.then, what::dial) << "the same fallback, at the webhook";
  EXPECT_EQ(refused.number, "+15550109999");
  EXPECT_EQ(refused.caller_id, "+15550100002");
  EXPECT_EQ(counted(R"(tonris_calls_refused_total{by="gateway",reason="node_overloaded"})"), 1);
  EXPECT_EQ(recorded("state"), "talking");
  EXPECT_EQ(what_next(call_status::in_progress, call(2), model::fallback_news::not_answered).then, what::say);
}

TEST_F(Supervisor, AnswersAReplayedWebhookOfAnEndedCallFromMemory) {
  talk();
  twilio->say(twilio_stop());
  settle();
  EXPECT_EQ(rings().then, what::hang_up);
  EXPECT_EQ(live_calls(), 0u);
  EXPECT_EQ(vendor->asked, 1);
}

TEST_F(Supervisor, RemembersTheLastTwoThousandCalls) {
  for (int i = 1; i <= 2001; ++i) {
    caf::anon_send(supervisor, start_call{request_of(call(i)), tenant, {"agent_1"}});
    caf::anon_send(supervisor, call_status_changed{call(i), call_status::canceled});
    if (i % 100 == 0) settle();
  }
  settle();
  EXPECT_EQ(live_calls(), 0u);
  EXPECT_EQ(recorded("callSid", call(1)), "");
  EXPECT_EQ(recorded("callSid", call(2)), call(2).value);
  EXPECT_EQ(recorded("callSid", call(2001)), call(2001).value);
}

TEST_F(Supervisor, ListensUntilWhatItSentOnMayBeBackAndSendsItToItsNextLifeThen) {
  caf::anon_send(supervisor, stop_taking_calls{});
  const auto ring = [&](unsigned redirects) {
    return ask<call_answer>(start_call{request_of(call(1)), tenant, {"agent_1"}, redirects}).value_or(call_answer{});
  };
  EXPECT_EQ(ring(0).pause, 2s);
  pass(1s);
  caf::anon_send(supervisor, hand_over_calls{});
  settle();
  EXPECT_EQ(count().returning, 1u);
  pass(1100ms);
  const auto back = ring(1);
  EXPECT_EQ(back.then, what::redirect_voice);
  EXPECT_EQ(back.pause, 4s) << "as long as this one may listen, and what the next one needs to start";
  pass(400ms);
  EXPECT_EQ(count().returning, 0u) << "everything is back: port and lock are free now";
}

// --- what becomes of ended calls whose fallback is under way

class EndedCalls : public Supervisor {
 protected:
  EndedCalls() { tenant->fallback.transfer_to = "+15550109999"; }
  /// Ended `ago`, without an agent; nobody has asked for the fallback yet.
  model::call_checkpoint ended(const model::call_sid& call, std::chrono::seconds ago) const {
    model::call_checkpoint state;
    state.record.call = call;
    state.record.tenant = tenant->id;
    state.record.to = "+15550100002";
    state.record.state = model::call_state::ended;
    state.record.reason = end_reason::agent_unreachable;
    state.record.ended = calls->wall_clock() - ago;
    return state;
  }
  void restore(std::vector<model::call_checkpoint> former) {
    caf::anon_send(supervisor, restore_calls{std::move(former)});
    settle();
  }
  /// Refused at the webhook, which gave the first step of the fallback.
  void refuse(int number) {
    caf::anon_send(supervisor, refuse_call{request_of(call(number)), tenant, end_reason::registry_down});
    if (number % 100 == 0) settle();
  }
  std::vector<std::string> forgotten() const {
    std::vector<std::string> sids;
    for (const auto& c : journal->take().checkpoints)
      if (c.json.empty()) sids.push_back(c.call.value);
    return sids;
  }
};

TEST_F(EndedCalls, OfAFormerLifeGetTheirFallbackWhateverTheClockSays) {
  pass(24h);
  restore({ended(call(1), 4h), ended(call(2), 32 * 24h), ended(call(3), -2h)});
  EXPECT_THAT(forgotten(), testing::IsEmpty());
  for (int i = 1; i <= 3; ++i) EXPECT_EQ(what_next(call_status::in_progress, call(i)).then, what::dial) << i;
}

TEST_F(EndedCalls, OfAFormerLifeAreRememberedUpToTheLimitTheNewestOfThem) {
  pass(24h);
  std::vector<model::call_checkpoint> former;
  for (int i = 1; i <= 2001; ++i) former.push_back(ended(call(i), 1h));
  restore(std::move(former));
  EXPECT_EQ(table->ended(), remembered_calls);
  EXPECT_EQ(recorded("callSid", call(1)), "");
  EXPECT_EQ(recorded("callSid", call(2)), call(2).value);
  EXPECT_THAT(forgotten(), testing::IsEmpty()) << "the next life may still be asked for it";
}

TEST_F(EndedCalls, LeaveNoCheckpointBehindWhenTheyLeaveTheMemoryLate) {
  refuse(1);
  pass(4h + 6min);
  for (int i = 2; i <= 2002; ++i) refuse(i);
  settle();
  EXPECT_EQ(recorded("callSid", call(2)), "");
  EXPECT_EQ(forgotten(), std::vector{call(1).value}) << "and the young one's stays";
}

// The transfer talks on while 2,000 other calls come and go.
TEST_F(EndedCalls, GetTheirAnswerFromTheStoreOnceTheyHaveLeftTheMemory) {
  const auto stored = std::make_shared<store_script>();
  store_of_calls = track_as<call_store>(system.spawn(store_of, stored));
  caf::anon_send_exit(supervisor, caf::exit_reason::kill);
  settle();
  supervise(1000);
  caf::anon_send(supervisor, restore_calls{{}, std::make_shared<model::call_filter>()});
  settle();
  refuse(1);
  settle();
  for (const auto& c : journal->take().checkpoints) stored->calls[c.call.value] = *model::parse_checkpoint(c.json);
  ASSERT_EQ(stored->calls.size(), 1u) << "its fallback is under way";
  for (int i = 2; i <= 2002; ++i) refuse(i);
  settle();
  ASSERT_FALSE(table->knows(call(1)));
  (void)journal->take();
  EXPECT_EQ(stored->asked, 0) << "nobody who is new waits for the store";
  EXPECT_EQ(what_next(call_status::completed, call(1), model::fallback_news::answered).then, what::nothing);
  EXPECT_EQ(stored->asked, 1);
  const auto batch = journal->take();
  ASSERT_EQ(batch.records.size(), 1u);
  EXPECT_THAT(batch.records[0].json, HasSubstr(R"("fallback":"transferred")"));
  pass(written_limit);  // in which it is written, before it is answered
}

// --- voicemail

TEST_F(Supervisor, KeepsAVoicemailOnceWithACallItRemembers) {
  talk();
  twilio->say(twilio_stop());
  settle();
  for (int i = 0; i < 2; ++i) caf::anon_send(supervisor, recording_reported{some_call, recording("RE1")});
  settle();
  ASSERT_TRUE(record().HasMember("voicemail"));
  ASSERT_EQ(record()["voicemail"].Size(), 1u);
  EXPECT_STREQ(record()["voicemail"][0]["source"].GetString(), "callback");
  const auto batch = journal->take();
  EXPECT_TRUE(batch.facts.empty());
  EXPECT_THAT(batch.records.back().json, HasSubstr("RE1"));
}

TEST_F(Supervisor, LeavesTheVoicemailOfACallOutOfItsMemoryToTheStore) {
  caf::anon_send(supervisor, recording_reported{call(1), recording("RE1")});
  caf::anon_send(supervisor, recording_reported{call(1), recording("RE2", "absent")});
  settle();
  const auto batch = journal->take();
  ASSERT_EQ(batch.facts.size(), 1u);
  EXPECT_EQ(batch.facts[0].call, call(1));
  EXPECT_EQ(std::get<model::call_record::voicemail_message>(batch.facts[0].what).recording, "RE1");
  EXPECT_EQ(std::get<model::call_record::voicemail_message>(batch.facts[0].what).seconds, 7u);
  EXPECT_EQ(std::get<model::call_record::voicemail_message>(batch.facts[0].what).cost->amount.amount, 2'500);
}

TEST_F(Supervisor, KeepsARecordingOfTheCallWhereverThatIs) {
  const auto tells = [this](const model::call_sid& of, const std::string& status) {
    auto told = recording("RE1", status);
    told.of_the_call = true;
    caf::anon_send(supervisor, recording_reported{of, told});
    settle();
  };
  talk();
  tells(some_call, "in-progress");
  ASSERT_TRUE(record().HasMember("recordings"));
  twilio->say(twilio_stop());
  settle();
  tells(some_call, "completed");
  EXPECT_FALSE(record().HasMember("voicemail"));
  ASSERT_EQ(record()["recordings"].Size(), 1u);
  EXPECT_STREQ(record()["recordings"][0]["status"].GetString(), "completed");
  EXPECT_STREQ(record()["recordings"][0]["source"].GetString(), "callback");
  (void)journal->take();
  tells(call(2), "completed");
  const auto batch = journal->take();
  ASSERT_EQ(batch.facts.size(), 1u) << "the store may know the call";
  EXPECT_EQ(std::get<model::call_record::recording>(batch.facts[0].what).sid, "RE1");
}

TEST_F(Supervisor, SaysASentenceInACallNobodyKnows) {
  EXPECT_EQ(what_next(call_status::in_progress, call(99)).then, what::say);
  EXPECT_EQ(what_next(call_status::completed, call(99)).then, what::nothing);
  EXPECT_EQ(ask<call_description>(describe_call{call(99)})->json, "");
  caf::anon_send(supervisor, call_status_changed{call(99), call_status::completed});
  settle();
  EXPECT_TRUE(alive(supervisor));
}

}  // namespace
}  // namespace tonris::actors::test
