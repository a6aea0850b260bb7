/// A conversation whose socket opens, but which never begins: another is tried beside it.
#include "model/audio/hold_tone.hpp"
#include "tests/actors/call/surviving_call_fixture.hpp"

namespace tonris::actors::test {
namespace {

using model::end_reason;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using verb = call_answer::verb;

class SecondAttempt : public SurvivingCall {
 protected:
  /// The stream runs, the agent's socket is open, and says nothing but pings.
  void waits_for_the_agent() {
    stream_starts();
    agent_connects();
    first = agent;
    first->say(agent_ping(0));
  }
  void second_connects() {
    pass(3s);
    ASSERT_EQ(dialler.attempts.size(), 2u);
    agent_connects();
    second = agent;
  }
  void begins(fake_websocket& socket, std::string_view conversation = "conv_1") {
    socket.say(agent_metadata("ulaw_8000", "ulaw_8000", conversation));
  }
  void expect_talking_to(const fake_websocket& one, const fake_websocket& other, unsigned conversations = 1) {
    settle();
    EXPECT_EQ(recorded("state"), "talking");
    EXPECT_TRUE(one.open());
    EXPECT_FALSE(other.open());
    EXPECT_EQ(record()["conversations"].Size(), conversations);
    EXPECT_EQ(record()["restarts"].GetInt(), 0);
    EXPECT_EQ(services.legs(), 2u);
    twilio->say(twilio_media("AAAA"));
    EXPECT_THAT(one.sent, Contains(HasSubstr("AAAA")));
  }
  std::shared_ptr<fake_websocket> first, second;
};

TEST_F(SecondAttempt, BeginsAfterThreeSecondsAndGoesOnWhenItIsReadyFirst) {
  waits_for_the_agent();
  pass(2900ms);
  EXPECT_EQ(dialler.attempts.size(), 1u);
  pass(200ms);
  ASSERT_EQ(dialler.attempts.size(), 2u);
  EXPECT_EQ(vendor->asked, 2) << "an address is used once";
  agent_connects();
  second = agent;
  EXPECT_TRUE(first->open()) << "beside the first, not in its place";
  begins(*second);
  expect_talking_to(*second, *first);
  EXPECT_EQ(first->close_code, 1000);
  pass(10s);
  EXPECT_EQ(recorded("state"), "talking");
}

TEST_F(SecondAttempt, IsClosedWhenTheFirstIsReadyAfterAll) {
  waits_for_the_agent();
  second_connects();
  begins(*first);
  expect_talking_to(*first, *second);
  EXPECT_EQ(second->close_code, 1000);
  pass(10s);
  EXPECT_EQ(recorded("state"), "talking");
}

TEST_F(SecondAttempt, IsTalkedToWhenBothAreReadyAtOnceAndTheOtherIsInTheRecord) {
  waits_for_the_agent();
  second_connects();
  begins(*second, "conv_2");
  begins(*first, "conv_1");  // before the call knows of the other
  expect_talking_to(*second, *first, 2);
  const auto told = record();
  const auto& all = told["conversations"];
  EXPECT_STREQ(all[0]["conversationId"].GetString(), "conv_1") << "which the vendor bills";
  EXPECT_STREQ(all[0]["startedAt"].GetString(), all[0]["endedAt"].GetString());
  EXPECT_STREQ(all[1]["conversationId"].GetString(), "conv_2");
  EXPECT_FALSE(all[1].HasMember("endedAt"));
  EXPECT_EQ(calls->conversations->find({"conv_1"}), some_call) << "its report is this call's";
}

TEST_F(SecondAttempt, IsGivenUpWithTheFirstSixSecondsAfterTheStreamsStart) {
  tenant->language = "da";
  waits_for_the_agent();
  second_connects();
  pass(2900ms);
  EXPECT_EQ(recorded("state"), "connecting");
  pass(200ms);
  EXPECT_EQ(recorded("endReason"), "agent_timeout");
  EXPECT_THAT(recorded("endDetail"), HasSubstr(R"(lack the language "da")"));
  EXPECT_FALSE(first->open());
  EXPECT_FALSE(second->open());
  EXPECT_EQ(twilio->close_code, 1000);
  EXPECT_EQ(live_calls(), 0u);
  EXPECT_EQ(what_next().then, verb::say);
}

TEST_F(SecondAttempt, NeverMakesTheWaitLongerThanThat) {
  waits_for_the_agent();
  vendor->silent = true;
  pass(3s);
  EXPECT_EQ(vendor->asked, 2);
  pass(3100ms);
  EXPECT_EQ(recorded("endReason"), "agent_timeout");
  EXPECT_EQ(live_calls(), 0u);
}

TEST_F(SecondAttempt, LetsTheCallerHearTheHoldToneMeanwhile) {
  waits_for_the_agent();
  tick(10);
  EXPECT_THAT(twilio->sent, Not(Contains(HasSubstr(model::hold_tone_piece(0)))));
  tick();
  EXPECT_THAT(twilio->sent, Contains(HasSubstr(model::hold_tone_piece(0))));
}

TEST_F(SecondAttempt, TakesOverWhenTheFirstBreaks) {
  waits_for_the_agent();
  second_connects();
  first->end(net::errc::reset);
  settle();
  EXPECT_EQ(recorded("state"), "connecting");
  begins(*second);
  expect_talking_to(*second, *first);
}

TEST_F(SecondAttempt, TakesOverWhenTheFirstCrashes) {
  waits_for_the_agent();
  second_connects();
  first->throws_on_send = true;
  first->say(agent_ping(1));
  settle();
  EXPECT_EQ(counted(R"(tonris_actor_crashes_total{actor="tonris.elevenlabs_socket"})"), 1);
  begins(*second);
  expect_talking_to(*second, *first);
}

struct failing_second {
  std::string name;
  std::function<void(fake_websocket&)> fails;
};
class SecondAttemptFails : public SecondAttempt, public testing::WithParamInterface<failing_second> {};
TEST_P(SecondAttemptFails, AndTheFirstGoesOn) {
  waits_for_the_agent();
  second_connects();
  GetParam().fails(*second);
  settle();
  EXPECT_EQ(recorded("state"), "connecting");
  begins(*first);
  expect_talking_to(*first, *second);
}
INSTANTIATE_TEST_SUITE_P(Sockets, SecondAttemptFails,
                         testing::Values(failing_second{"Breaks", [](auto& socket) { socket.end(net::errc::reset); }},
                                         failing_second{"IsRefused",
                                                        [](auto& socket) { socket.peer_closes(1008, "not allowed"); }},
                                         failing_second{"Crashes",
                                                        [](auto& socket) {
                                                          socket.throws_on_send = true;
                                                          socket.say(agent_ping(1));
                                                        }}),
                         [](const auto& row) { return row.param.name; });

TEST_F(SecondAttempt, IsNotMadeWhereNoAddressCanBeHad) {
  waits_for_the_agent();
  vendor->answer = {std::nullopt, end_reason::agent_busy, "signed URL: HTTP 429"};
  pass(3s);
  EXPECT_EQ(vendor->asked, 2);
  EXPECT_EQ(recorded("state"), "connecting");
  begins(*first);
  settle();
  EXPECT_EQ(recorded("state"), "talking");
}

TEST_F(SecondAttempt, IsNotMadeForACallerWhoHungUp) {
  waits_for_the_agent();
  twilio->say(twilio_stop());
  pass(4s);
  EXPECT_EQ(dialler.attempts.size(), 1u);
}

TEST_F(SecondAttempt, EndsWithTheCall) {
  waits_for_the_agent();
  second_connects();
  twilio->say(twilio_stop());
  settle();
  EXPECT_EQ(first->close_code, 1000);
  EXPECT_EQ(second->close_code, 1000);
  EXPECT_EQ(recorded("endReason"), "caller_hung_up");
  EXPECT_EQ(live_calls(), 0u);
}

TEST_F(SecondAttempt, IsMadeForEachLaterConversationAsWell) {
  talk();
  agent->end(net::errc::reset);
  pass(100ms);
  ASSERT_EQ(dialler.attempts.size(), 2u);
  agent_connects();
  first = agent;
  pass(2900ms);
  EXPECT_EQ(dialler.attempts.size(), 2u);
  pass(200ms);
  ASSERT_EQ(dialler.attempts.size(), 3u);
  agent_connects();
  pass(3s);
  EXPECT_EQ(counted(R"(tonris_agent_restarts_total{by="vendor",reason="agent_timeout"})"), 1) << "both are given up";
  EXPECT_EQ(recorded("state"), "holding");
  pass(200ms);
  dialled_ = 3;
  agent_comes_back();
  EXPECT_EQ(recorded("state"), "talking");
}

class SecondAttemptOfACrashedCall : public SecondAttempt {
 protected:
  void crash() {
    break_pen();
    twilio->say(twilio_key('1'));
    settle();
    ASSERT_EQ(counted(R"(tonris_actor_crashes_total{actor="tonris.call"})"), 1);
  }
};

TEST_F(SecondAttemptOfACrashedCall, IsMadeAllTheSame) {
  waits_for_the_agent();
  pass(1s);
  crash();
  pass(1900ms);
  EXPECT_EQ(dialler.attempts.size(), 1u);
  pass(200ms);
  ASSERT_EQ(dialler.attempts.size(), 2u);
  agent_connects();
  second = agent;
  begins(*second);
  expect_talking_to(*second, *first);
}

TEST_F(SecondAttemptOfACrashedCall, GoesOnBesideTheFirst) {
  waits_for_the_agent();
  second_connects();
  crash();
  pass(100ms);
  EXPECT_EQ(dialler.attempts.size(), 2u);
  begins(*second);
  expect_talking_to(*second, *first);
}

TEST_F(SecondAttemptOfACrashedCall, IsNotMadeAgainWhenTheCallCrashedOverIt) {
  waits_for_the_agent();
  const auto spawn = calls->spawn_agent_leg;
  calls->spawn_agent_leg = [](agent_leg::config) -> agent_leg_actor { throw std::runtime_error("no more actors"); };
  pass(3s);
  EXPECT_EQ(counted(R"(tonris_actor_crashes_total{actor="tonris.call"})"), 1);
  calls->spawn_agent_leg = spawn;
  begins(*first);
  settle();
  EXPECT_EQ(recorded("state"), "talking");
}

}  // namespace
}  // namespace tonris::actors::test
