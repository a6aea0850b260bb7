#pragma once

#include <string>

#include "actors/call/live_call.hpp"
#include "tests/actors/call/call_fixture.hpp"

namespace tonris::actors::test {

/// A call whose agent and caller come back after something failed.
class SurvivingCall : public CallTest {
 protected:
  /// The agent's next socket, ready to talk.
  void agent_comes_back();
  void talk();
  void caller_comes_back(const call_answer& offered);
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
  void call_waits_in_the_nodes_next_life();
  std::size_t dialled_ = 0;
  int streams_ = 1;
};

}  // namespace tonris::actors::test
