#include "tests/actors/call/surviving_call_fixture.hpp"

namespace tonris::actors::test {

void SurvivingCall::agent_comes_back() {
  ASSERT_GT(dialler.attempts.size(), dialled_);
  dialled_ = dialler.attempts.size();
  agent = make_socket();
  dialler.last().succeed(agent);
  settle();
  agent->say(agent_metadata("ulaw_8000", "ulaw_8000", "conv_" + std::to_string(dialled_)));
  settle();
}

void SurvivingCall::talk() {
  CallTest::talk();
  dialled_ = dialler.attempts.size();
}

void SurvivingCall::caller_comes_back(const call_answer& offered) {
  ASSERT_EQ(offered.then, call_answer::verb::stream);
  const auto redeemed = redeem(offered.ticket.value);
  ASSERT_EQ(redeemed.is, redeemed_ticket::outcome::ok);
  twilio = make_socket();
  caf::anon_send(redeemed.call, caller_connected{twilio});
  settle();
  twilio->say(
      twilio_start(some_call, some_account, 8000, {"MZ0000000000000000000000000000000" + std::to_string(++streams_)}));
  settle();
}

void SurvivingCall::call_waits_in_the_nodes_next_life() {
  call_waits_in_the_nodes_next_life([] {});
}

}  // namespace tonris::actors::test
