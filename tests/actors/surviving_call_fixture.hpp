#pragma once

#include <string>

#include "actors/call_actor.hpp"
#include "tests/actors/call_fixture.hpp"

namespace tonris::actors::test {

/// A call whose agent and caller come back after something failed.
class SurvivingCall : public CallTest {
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
    ASSERT_EQ(offered.then, call_answer::what::stream);
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
  loop_services elsewhere;  ///< another loop's
};

}  // namespace tonris::actors::test
