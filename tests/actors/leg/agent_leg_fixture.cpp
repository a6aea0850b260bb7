#include "tests/actors/leg/agent_leg_fixture.hpp"

namespace tonris::actors::test {

void AgentLeg::spawn() {
  bridge->caller = &leg_of(peer);
  agent_leg::config with;
  with.call = caf::actor_cast<leg_owner>(call);
  with.services = &services;
  with.bridge = bridge;
  with.url = signed_url;
  with.expects_transcripts = expects_transcripts;
  with.initiation.dynamic_variables["caller_number"] = std::string{"+15550100001"};
  subject = track(spawn_on<actors::agent_leg>(system, unit, std::move(with)));
  settle();
}

void AgentLeg::connect() {
  spawn();
  ASSERT_EQ(dialler.attempts.size(), 1u);
  socket = make_socket();
  dialler.last().succeed(socket);
  settle();
  ASSERT_TRUE(socket->started);
}

void AgentLeg::live(std::string_view output, std::string_view input) {
  connect();
  socket->say(agent_metadata(output, input));
  settle();
  ASSERT_EQ(told->ready.size(), 1u);
}

void AgentLeg::caller_says(std::string_view payload) {
  (void)bridge->gaps.frame(0, model::decoded_size(payload).value_or(0));  // as the caller leg does
  leg_of(subject).run([&] { leg_of(subject).hear(payload); });
}

void AgentLeg::expect_failure(model::end_reason reason) {
  settle();
  ASSERT_EQ(told->agent_ended.size(), 1u);
  EXPECT_EQ(told->agent_ended[0].how, agent_leg_end::failed);
  EXPECT_EQ(told->agent_ended[0].reason, reason) << to_string(told->agent_ended[0].reason);
  EXPECT_FALSE(alive(subject));
  EXPECT_EQ(bridge->agent, nullptr);
}

}  // namespace tonris::actors::test
