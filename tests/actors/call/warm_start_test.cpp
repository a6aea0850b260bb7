/// settings.warmStart: the agent is opened when the phone rings, and Twilio's first question waits for it.
#include "tests/actors/call/call_fixture.hpp"

namespace tonris::actors::test {
namespace {

using model::end_reason;
using model::twilio::call_status;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using verb = call_answer::verb;

std::string ulaw(std::size_t bytes, std::uint8_t value = 0x55) {
  return model::to_base64(std::vector<std::uint8_t>(bytes, value));
}

class WarmStart : public CallTest {
 protected:
  void SetUp() override {
    CallTest::SetUp();
    tenant->warm_start = true;
  }

  using answer = std::shared_ptr<std::optional<call_answer>>;
  /// The voice webhook; its answer may come later.
  answer ring(std::string token = "token-1") {
    auto came = std::make_shared<std::optional<call_answer>>();
    const start_call question{request_of(some_call), tenant, {"agent_1"}, 0, model::fallback_news::none, token};
    system.spawn([came, question, to = supervisor](caf::event_based_actor* self) {
      self->request(to, 10s, question).then([came](const call_answer& a) { *came = a; }, [](const caf::error&) {});
    });
    settle();
    return came;
  }
  void agent_is_ready() {
    agent_connects();
    agent->say(agent_metadata());
    settle();
  }
  void socket_comes(const answer& to) {
    const auto redeemed = redeem((*to)->ticket.value);
    ASSERT_EQ(redeemed.is, redeemed_ticket::outcome::ok);
    twilio = make_socket();
    caf::anon_send(redeemed.call, caller_connected{twilio});
    settle();
  }
  void stream_begins(const answer& to) {
    socket_comes(to);
    twilio->say(twilio_start());
    settle();
  }
  std::vector<std::string> heard() const {
    std::vector<std::string> audio;
    for (const auto& message : twilio->sent)
      if (message.find(R"("event":"media")") != std::string::npos) audio.push_back(message);
    return audio;
  }
};

TEST_F(WarmStart, AnswersOnceTheAgentIsThereAndLetsItsGreetingBeHeardFromTheBeginning) {
  const auto answered = ring();
  EXPECT_FALSE(*answered);
  agent_connects();
  EXPECT_FALSE(*answered) << "a socket is no agent yet";
  agent->say(agent_metadata());
  agent->say(agent_says(ulaw(160, 0x11), 1));
  settle();
  ASSERT_TRUE(*answered);
  EXPECT_EQ((*answered)->then, verb::stream);
  EXPECT_EQ(recorded("state"), "ringing");
  socket_comes(answered);
  agent->say(agent_says(ulaw(160, 0x22), 2));
  EXPECT_THAT(heard(), IsEmpty()) << "Twilio takes no audio before its start";
  twilio->say(twilio_start());
  settle();
  agent->say(agent_says(ulaw(160, 0x33), 3));
  EXPECT_THAT(heard(), ElementsAre(media_out(ulaw(160, 0x11)), media_out(ulaw(160, 0x22)), media_out(ulaw(160, 0x33))));
  EXPECT_EQ(recorded("state"), "talking");
  EXPECT_EQ(dialler.attempts.size(), 1u);
  EXPECT_EQ(record()["conversations"].Size(), 1u);
  twilio->say(twilio_media(ulaw(160)));
  EXPECT_THAT(agent->sent, Contains(heard_by_agent(ulaw(160))));
}

TEST_F(WarmStart, KeepsNothingOfATurnThatWasInterruptedMeanwhile) {
  const auto answered = ring();
  agent_is_ready();
  agent->say(agent_says(ulaw(160, 0x11), 1));
  agent->say(agent_interrupts(1));
  agent->say(agent_says(ulaw(160, 0x22), 2));
  settle();
  stream_begins(answered);
  EXPECT_THAT(heard(), ElementsAre(media_out(ulaw(160, 0x22))));
}

TEST_F(WarmStart, SendsTheAgentNoSilenceOfAPhoneThatOnlyRings) {
  const auto answered = ring();
  agent_is_ready();
  for (int second = 0; second < 5; ++second) {
    pass(1s);
    tick(10);
  }
  for (const auto& message : agent->sent) EXPECT_THAT(message, Not(HasSubstr("user_audio_chunk")));
  stream_begins(answered);
  EXPECT_EQ(recorded("state"), "talking");
}

TEST_F(WarmStart, GivesTheFallbackAtOnceWhereTheAgentIsRefused) {
  tenant->fallback.transfer_to = "+15550109999";
  vendor->answer = {std::nullopt, end_reason::agent_not_found, "signed URL: HTTP 404"};
  const auto answered = ring();
  ASSERT_TRUE(*answered);
  EXPECT_EQ((*answered)->then, verb::dial);
  EXPECT_EQ((*answered)->number, "+15550109999");
  EXPECT_EQ(recorded("endReason"), "agent_not_found");
  EXPECT_EQ(live_calls(), 0u);
  EXPECT_EQ(what_next(call_status::in_progress, some_call, model::fallback_news::answered).then, verb::hang_up);
}

TEST_F(WarmStart, GivesTheFallbackWhereTheConversationIsRefused) {
  const auto answered = ring();
  agent_connects();
  agent->peer_closes(1008, "override is not allowed");
  settle();
  ASSERT_TRUE(*answered);
  EXPECT_EQ((*answered)->then, verb::say);
  EXPECT_EQ(live_calls(), 0u);
}

TEST_F(WarmStart, GivesTheFallbackWithinThreeSecondsWhereNobodyCanBeReached) {
  const auto answered = ring();
  for (int tenth = 0; tenth < 29 && !*answered; ++tenth) {
    if (!dialler.last().cancelled) dialler.last().fail(net::errc::connect_refused);
    settle();
    pass(100ms);
  }
  ASSERT_TRUE(*answered);
  EXPECT_EQ((*answered)->then, verb::say);
  EXPECT_EQ(recorded("endReason"), "agent_unreachable");
}

TEST_F(WarmStart, GoesOnAsAnyOtherCallWhereTheAgentTakesLonger) {
  const auto answered = ring();
  agent_connects();
  pass(2900ms);
  EXPECT_FALSE(*answered);
  pass(200ms);
  ASSERT_TRUE(*answered);
  EXPECT_EQ((*answered)->then, verb::stream);
  stream_begins(answered);
  EXPECT_EQ(recorded("state"), "connecting");
  agent->say(agent_metadata());
  settle();
  EXPECT_EQ(recorded("state"), "talking");
}

TEST_F(WarmStart, AnswersAWebhookThatIsSentAgainWithTheSame) {
  const auto first = ring(), second = ring();
  EXPECT_FALSE(*second);
  agent_is_ready();
  ASSERT_TRUE(*first && *second);
  EXPECT_EQ((*first)->ticket, (*second)->ticket);
  EXPECT_EQ((*ring())->ticket, (*first)->ticket);
  EXPECT_EQ(live_calls(), 1u);
}

TEST_F(WarmStart, GivesOneFallbackToAWebhookThatWasSentTwice) {
  vendor->silent = true;
  tenant->fallback.transfer_to = "+15550109999";
  const auto first = ring(), second = ring();
  caf::anon_send(caf::actor_cast<caf::actor>(calls->vendor),
                 signed_url_answer{std::nullopt, end_reason::agent_not_found, "signed URL: HTTP 404"});
  settle();
  ASSERT_TRUE(*first && *second);
  EXPECT_EQ((*first)->then, verb::dial);
  EXPECT_EQ((*second)->then, verb::dial);
  EXPECT_EQ(live_calls(), 0u);
}

TEST_F(WarmStart, OpensNoSecondConversationForACallerWhoIsGone) {
  const auto answered = ring();
  agent_connects();  // and says nothing
  agent->answers_close = false;
  pass(2900ms);
  caf::anon_send(supervisor, call_status_changed{some_call, call_status::no_answer});
  settle();
  pass(500ms);
  EXPECT_EQ(dialler.attempts.size(), 1u);
}

TEST_F(WarmStart, EndsTheConversationOfACallerWhoHangsUpBeforeItIsAnswered) {
  const auto answered = ring();
  agent_is_ready();
  caf::anon_send(supervisor, call_status_changed{some_call, call_status::no_answer});
  settle();
  EXPECT_EQ(agent->close_code, 1000);
  EXPECT_EQ(recorded("endReason"), "caller_hung_up");
}

TEST_F(WarmStart, AnswersAQuestionWhoseCallerIsGone) {
  const auto answered = ring();
  agent_connects();
  caf::anon_send(supervisor, call_status_changed{some_call, call_status::canceled});
  settle();
  EXPECT_TRUE(*answered);
  EXPECT_EQ(live_calls(), 0u);
}

TEST_F(WarmStart, EndsTheConversationWhereNoStreamComes) {
  const auto answered = ring();
  agent_is_ready();
  pass(21s);
  settle();
  EXPECT_EQ(agent->close_code, 1000);
  EXPECT_EQ(recorded("endReason"), "stream_never_came");
}

TEST_F(WarmStart, AnswersAlsoWhereTheCallsActorCrashedMeanwhile) {
  const auto answered = ring();
  agent_connects();
  break_pen();
  agent->say(agent_metadata());
  settle();
  ASSERT_TRUE(*answered);
  EXPECT_EQ((*answered)->then, verb::stream);
  stream_begins(answered);
  EXPECT_EQ(recorded("state"), "talking");
  EXPECT_EQ(dialler.attempts.size(), 1u);
}

}  // namespace
}  // namespace tonris::actors::test
