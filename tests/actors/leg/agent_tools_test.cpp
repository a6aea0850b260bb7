// Client tools: each is told to the call once, whichever of its messages come, and answered once.
#include "actors/leg/agent_leg.hpp"
#include "tests/actors/leg/agent_leg_fixture.hpp"

namespace tonris::actors::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string client_tool(std::string_view id, std::string_view expects = R"(,"expects_response":true)") {
  return R"({"type":"client_tool_call","client_tool_call":{"tool_name":"fly","tool_call_id":")" + std::string{id} +
         R"(","parameters":{},"event_id":5)" + std::string{expects} + "}}";
}
std::string tool_request(std::string_view id, std::string_view type) {
  return R"({"type":"agent_tool_request","agent_tool_request":{"tool_name":"fly","tool_call_id":")" + std::string{id} +
         R"(","tool_type":")" + std::string{type} + R"(","event_id":5}})";
}

class AgentLegTools : public AgentLeg {
 protected:
  void SetUp() override {
    AgentLeg::SetUp();
    live();
    socket->sent.clear();
  }
  void answer(std::string id, bool last_turn = false) {
    caf::anon_send(subject, answer_tool{std::move(id), model::done("It is done."), last_turn});
    settle();
  }
  std::vector<std::string> called() const {
    std::vector<std::string> ids;
    for (const auto& tool : told->tools) ids.push_back(tool.id);
    return ids;
  }
};

struct tool_row {
  std::string why;
  std::vector<std::string> says;
  std::vector<std::string> called;    ///< ids, also after the wait for the rest of an announcement
  std::vector<std::string> answered;  ///< ids, when the call has answered all
};
class AgentLegIsAskedForTools : public AgentLegTools, public testing::WithParamInterface<tool_row> {};

TEST_P(AgentLegIsAskedForTools, AndAnswersWhereAnAnswerIsExpected) {
  for (const auto& message : GetParam().says) socket->say(message);
  pass(300ms);
  tick();
  EXPECT_EQ(called(), GetParam().called);
  for (int times = 0; times < 2; ++times)
    for (const auto& id : called()) answer(id);
  ASSERT_EQ(socket->sent.size(), GetParam().answered.size());
  for (std::size_t i = 0; i < socket->sent.size(); ++i) {
    EXPECT_THAT(socket->sent[i], HasSubstr(R"("type":"client_tool_result")"));
    EXPECT_THAT(socket->sent[i], HasSubstr(R"("tool_call_id":")" + GetParam().answered[i] + '"'));
    EXPECT_THAT(socket->sent[i], HasSubstr(R"("result":"It is done.","is_error":false)"));
  }
  EXPECT_TRUE(alive(subject));
}
const std::string nobody_waits = R"(,"expects_response":false)";
INSTANTIATE_TEST_SUITE_P(
    Tools, AgentLegIsAskedForTools,
    testing::Values(
        tool_row{"Once", {client_tool("t1"), client_tool("t1"), client_tool("t1")}, {"t1"}, {"t1"}},
        tool_row{"NobodyWaits", {client_tool("t1", nobody_waits)}, {"t1"}, {}},
        tool_row{"NobodyWaitsTwice", {client_tool("t1", nobody_waits), client_tool("t1", nobody_waits)}, {"t1"}, {}},
        tool_row{"NotSaidWhetherSomebodyWaits", {client_tool("t1", "")}, {"t1"}, {"t1"}},
        tool_row{"Two", {client_tool("t1"), client_tool("t2"), client_tool("t1")}, {"t1", "t2"}, {"t1", "t2"}},
        tool_row{"AsARequestAlone", {tool_request("t1", "client")}, {"t1"}, {"t1"}},
        tool_row{"AsBoth", {tool_request("t1", "client"), client_tool("t1")}, {"t1"}, {"t1"}},
        tool_row{"AsBothTheOtherWayRound", {client_tool("t1"), tool_request("t1", "client")}, {"t1"}, {"t1"}},
        tool_row{"OfTheVendorsOwn", {tool_request("t1", "system"), tool_request("t2", "webhook")}, {}, {}}),
    [](const auto& row) { return row.param.why; });

TEST_F(AgentLegTools, AnswersInPlaceOfACallThatDoesNot) {
  socket->say(client_tool("t1"));
  pass(14'900ms);
  tick();
  EXPECT_THAT(socket->sent, IsEmpty());
  pass(200ms);
  tick();
  ASSERT_EQ(socket->sent.size(), 1u);
  EXPECT_THAT(socket->sent[0], HasSubstr(R"("is_error":true)"));
  settle();
  EXPECT_THAT(told->given_up, ElementsAre("t1"));
  EXPECT_EQ(counted(R"(tonris_client_tools_dropped_total{why="late"})"), 1);
  answer("t1");
  EXPECT_EQ(socket->sent.size(), 1u) << "the call's answer comes too late";
}

TEST_F(AgentLegTools, WaitsLongerWhereTheCallSaysSo) {
  socket->say(client_tool("t1"));
  settle();
  caf::anon_send(subject, await_tool{"t1", 60s});
  settle();
  pass(20s);
  tick();
  EXPECT_THAT(told->given_up, IsEmpty());
  answer("t1");
  EXPECT_EQ(socket->sent.size(), 1u);
}

TEST_F(AgentLegTools, TurnsAwayWhatIsTooMuchAtOnce) {
  for (int n = 0; n < 33; ++n) socket->say(client_tool("t" + std::to_string(n)));
  settle();
  EXPECT_EQ(told->tools.size(), 32u);
  ASSERT_EQ(socket->sent.size(), 1u);
  EXPECT_THAT(socket->sent[0], HasSubstr(R"("tool_call_id":"t32")"));
  EXPECT_EQ(counted(R"(tonris_client_tools_dropped_total{why="too_many"})"), 1);
}

TEST_F(AgentLegTools, TellsWhenTheAgentHasSaidWhatItSaysToAnAnswer) {
  socket->say(agent_answers("I will see"));
  socket->say(client_tool("t1"));
  settle();
  answer("t1", true);
  tick(40);
  EXPECT_EQ(told->last_turns, 0);
  socket->say(agent_answers("I am putting you through."));
  socket->say(agent_says(ulaw(800)));
  tick(29);
  EXPECT_EQ(told->last_turns, 0);
  tick();
  EXPECT_EQ(told->last_turns, 1);
}

TEST_F(AgentLegTools, EndsTheConversationAsTheVendorsOwnToolDoes) {
  caf::anon_send(subject, say_goodbye{});
  settle();
  EXPECT_EQ(told->goodbyes, 1);
  socket->say(agent_says(ulaw(800)));
  pass(4900ms);
  EXPECT_TRUE(alive(subject));
  pass(200ms);
  EXPECT_EQ(socket->close_code, 1000);
  ASSERT_EQ(told->agent_ended.size(), 1u);
  EXPECT_EQ(told->agent_ended[0].reason, model::end_reason::agent_ended);
}

TEST_F(AgentLegTools, SaysNothingToACallerOnHold) {
  bridge->held_until = scheduler.clock().now() + 60s;
  socket->say(agent_answers("Are you there?"));
  socket->say(agent_says(ulaw(800)));
  tick(150);
  EXPECT_THAT(heard->audio, IsEmpty());
  EXPECT_TRUE(alive(subject)) << "no watch counts meanwhile";
  bridge->held_until.reset();
  socket->say(agent_says(ulaw(160)));
  EXPECT_THAT(heard->audio, ElementsAre(ulaw(160)));
}

TEST_F(AgentLegTools, ApprovesNoForeignTools) {
  const auto tool = [](std::string_view state) {
    return R"({"type":"mcp_tool_call","mcp_tool_call":{"service_id":"s","tool_call_id":"m1","tool_name":"lookup",)"
           R"("parameters":{},"timestamp":"2026-08-01T10:00:00Z","state":")" +
           std::string{state} + R"("}})";
  };
  socket->say(tool("loading"));
  EXPECT_THAT(socket->sent, IsEmpty());
  for (int times = 0; times < 2; ++times) socket->say(tool("awaiting_approval"));
  EXPECT_THAT(socket->sent,
              ElementsAre(R"({"type":"mcp_tool_approval_result","tool_call_id":"m1","is_approved":false})"));
}

}  // namespace
}  // namespace tonris::actors::test
