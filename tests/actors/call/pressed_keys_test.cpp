// What a caller types may be a card number: it is told to the agent, and to nobody else.
#include "tests/actors/call/surviving_call_fixture.hpp"

namespace tonris::actors::test {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

class PressedKeys : public SurvivingCall {
 protected:
  void SetUp() override {
    SurvivingCall::SetUp();
    talk();
    for (const char key : {'4', '1', '1', '1'}) twilio->say(twilio_key(key));
    settle();
  }
  std::string written() {
    for (const auto& c : journal->take().checkpoints) newest = c.json;
    return newest;
  }
  std::string newest;
};

TEST_F(PressedKeys, AreSealedInTheCheckpointAndInNoEvent) {
  EXPECT_THAT(agent->sent, Contains(HasSubstr("4111")));
  const auto batch = journal->take();
  ASSERT_EQ(batch.checkpoints.size(), 1u);
  EXPECT_THAT(batch.checkpoints[0].json, Not(HasSubstr("4111")));
  EXPECT_THAT(batch.checkpoints[0].json, HasSubstr("1114")) << "as the test's own seal has it";
  for (const auto& event : batch.events)
    if (event.what == model::call_moment::key_pressed) {
      EXPECT_EQ(event.detail, "");
    }
}

TEST_F(PressedKeys, AreToldToTheAgentOfTheNextLife) {
  call_waits_in_the_nodes_next_life();
  const auto offered = what_next();
  dialled_ = dialler.attempts.size();
  caller_comes_back(offered);
  agent_comes_back();
  EXPECT_THAT(agent->sent, Contains(HasSubstr("4111")));
}

TEST_F(PressedKeys, AreForgottenWithTheCallAlsoWhereItsFallbackGoesOn) {
  tenant->fallback.transfer_to = "+15550109999";
  agent->peer_closes(1008, "Override is not allowed");
  settle();
  ASSERT_EQ(recorded("endReason"), "agent_refused");
  const auto state = model::parse_checkpoint(written());
  ASSERT_TRUE(state) << "Twilio will ask what comes next";
  EXPECT_EQ(state->sealed_keys, "");
}

}  // namespace
}  // namespace tonris::actors::test
