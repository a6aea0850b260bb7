#include "actors/call_supervisor.hpp"

#include "tests/actors/call_fixture.hpp"

namespace tonris::actors::test {
namespace {

using model::end_reason;
using model::twilio::call_status;
using testing::HasSubstr;
using what = call_answer::what;
using redeemed = redeemed_ticket::what;

class Supervisor : public CallTest {
 protected:
  static model::call_sid call(int number) {
    auto digits = std::to_string(number);
    return {"CA" + std::string(32 - digits.size(), '0') + digits};
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
  EXPECT_EQ(third.language, "en");
  EXPECT_EQ(rings(call(2)).then, what::stream) << "a retry of a call that is there";
  EXPECT_EQ(counted(R"(tonris_calls_refused_total{by="gateway",reason="node_full"})"), 1);
  pass(21s);
  EXPECT_EQ(rings(call(3)).then, what::stream) << "room again";
}

TEST_F(Supervisor, RefusesNewCallsOnceTheNodeStops) {
  talk();
  caf::anon_send(supervisor, stop_taking_calls{});
  settle();
  const auto late = rings(call(2));
  EXPECT_EQ(late.then, what::say);
  EXPECT_EQ(late.text, default_sentence(end_reason::shutdown));
  EXPECT_EQ(live_calls(), 1u) << "the call that is in goes on";
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

TEST_F(Supervisor, RemembersWhatACrashedCallOwesItsCaller) {
  calls->wall_clock = []() -> model::call_record::time { throw std::runtime_error("no time"); };
  rings();
  EXPECT_EQ(live_calls(), 0u);
  const auto next = what_next();
  EXPECT_EQ(next.then, what::say);
  EXPECT_EQ(next.text, default_sentence(end_reason::internal_error));
  EXPECT_EQ(counted(R"(tonris_calls_ended_total{by="gateway",reason="internal_error"})"), 1);
}

TEST_F(Supervisor, GoesOnWithItsOtherCallsWhenOneCrashes) {
  talk();
  const auto time = calls->wall_clock;
  calls->wall_clock = []() -> model::call_record::time { throw std::runtime_error("no time"); };
  rings(call(7));
  calls->wall_clock = time;
  EXPECT_EQ(live_calls(), 1u);
  EXPECT_EQ(recorded("state"), "talking");
}

TEST_F(Supervisor, HangsUpOnCallsNobodyKnows) {
  EXPECT_EQ(what_next(call_status::in_progress, call(99)).then, what::hang_up);
  EXPECT_EQ(what_next(call_status::completed, call(99)).then, what::nothing);
  EXPECT_EQ(ask<call_description>(describe_call{call(99)})->json, "");
  caf::anon_send(supervisor, call_status_changed{call(99), call_status::completed});
  settle();
  EXPECT_TRUE(alive(supervisor));
}

}  // namespace
}  // namespace tonris::actors::test
