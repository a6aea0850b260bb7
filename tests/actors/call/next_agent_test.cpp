/// An agent that cannot serve is followed by the next of the call's list, and left alone when it fails again and again.
#include "tests/actors/call/surviving_call_fixture.hpp"

namespace tonris::actors::test {
namespace {

using model::end_reason;
using testing::HasSubstr;

class NextAgent : public SurvivingCall {
 protected:
  /// The webhook of a call that was routed to agent_1, and has others.
  call_answer rings_with(std::vector<model::agent_id> next, const model::call_sid& call = some_call,
                         const std::string& variant = "old") {
    start_call wanted{request_of(call), tenant, {"agent_1"}};
    wanted.route.agent = wanted.agent;
    wanted.route.next = std::move(next);
    wanted.route.rule = model::route_rule::agents;
    wanted.route.variant = variant;
    wanted.route.why = "a test";
    return ask<call_answer>(wanted).value_or(call_answer{});
  }
  void vendor_knows_no_agent() { vendor->answer = {std::nullopt, end_reason::agent_not_found, "HTTP 404"}; }
  void vendor_serves() { vendor->answer = {model::elevenlabs::signed_url{"wss://agent.example/?cvtkn_2", {}}, {}, {}}; }
};

TEST_F(NextAgent, IsAskedForAnAddressWhenTheFirstIsUnknown) {
  tenant->agents = {{{"agent_2"}, 1, "new"}};
  vendor->silent = true;
  rings_with({{"agent_2"}, {"agent_3"}});
  EXPECT_EQ(recorded("variant"), "old");
  EXPECT_EQ(recorded("rule"), "agents");
  vendor->silent = false;
  caf::anon_send(caf::actor_cast<caf::actor>(calls->vendor),
                 signed_url_answer{std::nullopt, end_reason::agent_not_found, "HTTP 404"});
  pass(10ms);
  EXPECT_EQ(vendor->agent.value, "agent_2");
  EXPECT_EQ(recorded("agentId"), "agent_2");
  EXPECT_EQ(recorded("variant"), "old") << "that was drawn, and did not serve";
  EXPECT_EQ(counted(R"(tonris_agent_changes_total{by="tenant",reason="agent_not_found"})"), 1);
}

TEST_F(NextAgent, IsNotedWithTheOneThatCouldNotServe) {
  vendor_knows_no_agent();
  rings_with({{"agent_2"}});
  pass(10ms);
  std::vector<std::string> changes;
  for (const auto& event : journal->take().events)
    if (event.what == model::call_moment::agent_restart) changes.push_back(event.detail);
  EXPECT_THAT(changes, testing::ElementsAre("with the next agent, agent_2, instead of agent_1: agent_not_found: HTTP "
                                            "404"))
      << "as model/call/mended.cpp reads it";
}

TEST_F(NextAgent, LeavesTheCallToAVariantThatHasNoNameButItsAgents) {
  vendor->silent = true;
  rings_with({{"agent_2"}}, some_call, "agent_1");
  EXPECT_EQ(recorded("variant"), "agent_1");
  vendor->silent = false;
  caf::anon_send(caf::actor_cast<caf::actor>(calls->vendor),
                 signed_url_answer{std::nullopt, end_reason::agent_not_found, "HTTP 404"});
  pass(10ms);
  EXPECT_EQ(recorded("agentId"), "agent_2");
  EXPECT_EQ(recorded("variant"), "agent_1");
}

TEST_F(NextAgent, IsFollowedByTheNextUntilNoneIsLeft) {
  vendor_knows_no_agent();
  rings_with({{"agent_2"}, {"agent_3"}});
  for (int n = 0; n < 3; ++n) pass(10ms);
  EXPECT_EQ(vendor->agent.value, "agent_3");
  EXPECT_EQ(recorded("endReason"), "agent_not_found");
  EXPECT_EQ(counted(R"(tonris_agent_changes_total{by="tenant",reason="agent_not_found"})"), 2);
}

TEST_F(NextAgent, IsNotAskedWhereTheKeyIsRefusedWhichAllShare) {
  vendor->answer = {std::nullopt, end_reason::agent_auth_failed, "HTTP 401"};
  rings_with({{"agent_2"}});
  pass(10ms);
  EXPECT_EQ(vendor->agent.value, "agent_1");
  EXPECT_EQ(recorded("endReason"), "agent_auth_failed");
}

TEST_F(NextAgent, IsKeptInTheCheckpoint) {
  vendor->silent = true;
  rings_with({{"agent_2"}});
  const auto written = journal->take().checkpoints;
  ASSERT_FALSE(written.empty());
  const auto state = model::parse_checkpoint(written.back().json);
  ASSERT_TRUE(state);
  EXPECT_THAT(state->next_agents, testing::ElementsAre(model::agent_id{"agent_2"}));
}

TEST_F(NextAgent, IsPassedOverWhileItFailsAgainAndAgain) {
  calls->circuits = std::make_shared<agent_circuits>(model::circuit_breakers::settings{.failures = 1});
  calls->circuits->failed({"shared", {"agent_2"}}, end_reason::agent_not_found, scheduler.clock().now(), counters);
  vendor_knows_no_agent();
  rings_with({{"agent_2"}, {"agent_3"}});
  pass(10ms);
  EXPECT_EQ(vendor->agent.value, "agent_3");
  EXPECT_EQ(counted(R"(tonris_agent_changes_total{by="tenant",reason="agent_not_found"})"), 1);
  EXPECT_EQ(counted(R"(tonris_agent_circuits_total{turn="opened"})"), 3);
}

TEST_F(NextAgent, IsNoLongerNeededOnceTheFirstServesAgain) {
  calls->circuits = std::make_shared<agent_circuits>(
      model::circuit_breakers::settings{.failures = 1, .open_for = std::chrono::seconds{0}});
  calls->circuits->failed({"shared", {"agent_1"}}, end_reason::agent_not_found, scheduler.clock().now(), counters);
  talk();
  EXPECT_EQ(counted(R"(tonris_agent_circuits_total{turn="closed"})"), 1);
}

TEST_F(NextAgent, GoesOnWithTheConversationWhenRestartsAreUsedUp) {
  rings_with({{"agent_2"}});
  talk();
  for (int i = 0; i < 5; ++i) {
    agent->end(net::errc::reset);
    pass(2s);
    agent_comes_back();
  }
  EXPECT_EQ(recorded("agentId"), "agent_1");
  agent->end(net::errc::reset);
  pass(100ms);
  agent_comes_back();
  EXPECT_EQ(recorded("state"), "talking");
  EXPECT_EQ(recorded("agentId"), "agent_2");
  EXPECT_EQ(record()["restarts"].GetInt(), 6);
}

}  // namespace
}  // namespace tonris::actors::test
