#pragma once

#include <string>

#include "actors/call/live_call.hpp"
#include "tests/actors/call/call_fixture.hpp"

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
  /// The node is killed and started again; what it knew is gone. Meanwhile something may happen.
  template <class Meanwhile>
  void node_starts_again(Meanwhile meanwhile) {
    if (supervisor) caf::anon_send_exit(supervisor, caf::exit_reason::kill);
    settle();
    table = std::make_shared<call_table>();
    meanwhile();
    supervise(1000);
  }
  /// Of the one call its newest checkpoint is left.
  template <class Meanwhile>
  void call_waits_in_the_nodes_next_life(Meanwhile meanwhile) {
    std::string written;
    for (const auto& c : journal->take().checkpoints) written = c.json;
    const auto checkpoint = model::parse_checkpoint(written);
    ASSERT_TRUE(checkpoint);
    node_starts_again(meanwhile);
    caf::anon_send(supervisor, restore_calls{{*checkpoint}});
    settle();
  }
  void call_waits_in_the_nodes_next_life() {
    call_waits_in_the_nodes_next_life([] {});
  }
  std::size_t dialled_ = 0;
  int streams_ = 1;
  loop_services elsewhere;  ///< another loop's
};

}  // namespace tonris::actors::test
