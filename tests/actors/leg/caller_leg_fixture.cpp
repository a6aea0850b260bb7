#include "tests/actors/leg/caller_leg_fixture.hpp"

namespace tonris::actors::test {

void CallerLeg::SetUp() {
  LegTest::SetUp();
  socket = make_socket();
  caller_leg::config given;
  given.call = caf::actor_cast<leg_owner>(call);
  given.socket = socket;
  given.services = &services;
  given.bridge = bridge;
  given.call_sid = some_call;
  given.account_sid = some_account;
  subject = track(spawn_on<actors::caller_leg>(system, unit, std::move(given)));
  settle();
  ASSERT_TRUE(socket->started);
}

void CallerLeg::begin() {
  socket->say(R"({"event":"connected","protocol":"Call","version":"1.0.0"})");
  socket->say(twilio_start());
  settle();
  ASSERT_EQ(told->started.size(), 1u);
}

void CallerLeg::agent_arrives() {
  bridge->agent = &leg_of(peer);
}

void CallerLeg::play(std::string_view payload) {
  leg_of(subject).run([&] { leg_of(subject).hear(payload); });
}

std::vector<std::size_t> CallerLeg::pieces() const {
  std::vector<std::size_t> sizes;
  for (const auto& message : socket->sent)
    if (const auto media = model::twilio::find_media(message))
      sizes.push_back(model::decoded_size(media->payload).value_or(0));
  return sizes;
}

void CallerLeg::expect_failure(model::end_reason reason, std::uint16_t close_code) {
  settle();
  EXPECT_EQ(socket->close_code, close_code);
  ASSERT_EQ(told->caller_ended.size(), 1u);
  EXPECT_EQ(told->caller_ended[0].how, caller_leg_end::failed);
  EXPECT_EQ(told->caller_ended[0].reason, reason) << to_string(told->caller_ended[0].reason);
  EXPECT_FALSE(alive(subject));
  EXPECT_EQ(bridge->caller, nullptr);
}

}  // namespace tonris::actors::test
