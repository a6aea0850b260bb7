// The agent puts the caller through.
#include "actors/call/agent_transfer.hpp"

#include "actors/call/fallback.hpp"
#include "tests/actors/call/surviving_call_fixture.hpp"
#include "tests/actors/leg/a_frame.hpp"

namespace tonris::actors::test {
namespace {

using model::fallback_news;
using model::twilio::call_status;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using verb = call_answer::verb;

class AgentTransfer : public SurvivingCall {
 protected:
  void SetUp() override {
    SurvivingCall::SetUp();
    tenant->transfer.emplace();
    tenant->transfer->numbers = {"+15550109999"};
    tenant->transfer->ring_seconds = 30;
    talk();
  }
  void asks(std::string_view parameters = R"({"number":"+15550109999","reason":"A bill."})") {
    agent->say(agent_uses("transfer_call", parameters, "t" + std::to_string(++asked_)));
    settle();
  }
  std::string result() const {
    for (const auto& text : agent->sent)
      if (text.find(R"("tool_call_id":"t)" + std::to_string(asked_) + '"') != std::string::npos) return text;
    return {};
  }
  void announces() {
    agent->say(agent_answers("I am putting you through."));
    agent->say(agent_says(a_frame));
    settle();
    tick(31);
    settle();
  }
  void is_put_through() {
    asks();
    announces();
    pass(10s);  // played out, and closed
    ASSERT_EQ(recorded("endReason"), "transferred");
  }
  call_answer dial_ends(fallback_news news, call_status status = call_status::in_progress) {
    return what_next(status, some_call, news);
  }
  std::string outcome() {
    const auto all = record();
    return all.HasMember("transfers") ? all["transfers"].GetArray().Begin()[0]["outcome"].GetString() : "";
  }

  /// Who has told that, where the record says when.
  std::string outcome_source() {
    const auto all = record();
    const auto& transfer = all["transfers"].GetArray().Begin()[0];
    const bool has_time = transfer.HasMember("outcomeAt") && transfer.HasMember("outcomeSource");
    return has_time ? transfer["outcomeSource"].GetString() : "";
  }

  int asked_ = 0;
};

TEST_F(AgentTransfer, IsTheOperatorsWhereTheApiAskedForIt) {
  const auto said = ask<call_controlled>(control_call{control_call::action::transfer, some_call, "+15550109999"});
  ASSERT_TRUE(said);
  EXPECT_EQ(said->is, call_controlled::outcome::done);
  announces();
  pass(10s);
  EXPECT_EQ(recorded("endReason"), "operator_transferred");
  EXPECT_EQ(recorded("endedBy"), "operator");
  const auto answer = dial_ends(fallback_news::none);
  EXPECT_EQ(answer.then, verb::dial);
  EXPECT_EQ(answer.ringing, 30s) << "as for the agent's";
  EXPECT_EQ(dial_ends(fallback_news::not_answered).then, verb::stream) << "and back to the agent";
}

TEST_F(AgentTransfer, IsAnnouncedByTheAgentThenDialled) {
  asks();
  EXPECT_THAT(result(), HasSubstr("putting him through"));
  EXPECT_THAT(result(), HasSubstr(R"("is_error":false)"));
  EXPECT_EQ(recorded("state"), "talking") << "it has not said so yet";
  announces();
  EXPECT_EQ(recorded("state"), "ending");
  EXPECT_EQ(agent->close_code, 1000);
  EXPECT_THAT(twilio->sent, Contains(media_out(a_frame)));
  pass(10s);
  EXPECT_EQ(twilio->close_code, 1000);
  EXPECT_EQ(recorded("endReason"), "transferred");
  EXPECT_EQ(recorded("endedBy"), "agent");
  const auto dial = what_next();
  EXPECT_EQ(dial.then, verb::dial);
  EXPECT_EQ(dial.number, "+15550109999");
  EXPECT_EQ(dial.caller_id, "+15550100002");
  EXPECT_EQ(dial.text, "") << "the agent has said it";
  EXPECT_EQ(dial.ringing, 30s);
  EXPECT_EQ(dial.whisper_for.value, "");
  EXPECT_EQ(outcome(), "ringing");
  EXPECT_EQ(outcome_source(), "") << "nothing is told of it";
  const auto all = record();
  const auto& transfer = all["transfers"][0];
  EXPECT_STREQ(transfer["number"].GetString(), "+15550109999");
  EXPECT_STREQ(transfer["reason"].GetString(), "A bill.");
  EXPECT_FALSE(all.HasMember("fallback"));
  EXPECT_FALSE(all.HasMember("troubled"));
}

TEST_F(AgentTransfer, WaitsForTheAnnouncementNoLongerThanFifteenSeconds) {
  asks();
  for (int n = 0; n < 14; ++n) {
    twilio->say(twilio_media(a_frame, n + 1));
    pass(1s);
  }
  EXPECT_EQ(recorded("state"), "talking");
  pass(1100ms);
  EXPECT_EQ(recorded("endReason"), "transferred");
}

TEST_F(AgentTransfer, HappensAlsoWhereTheAgentEndsItsConversationThen) {
  asks();
  agent->peer_closes(1000, "");
  settle();
  pass(5s);
  EXPECT_EQ(recorded("endReason"), "transferred");
  EXPECT_EQ(what_next().then, verb::dial);
}

TEST_F(AgentTransfer, IsOverWhenSomebodyHasAnswered) {
  is_put_through();
  ASSERT_EQ(what_next().then, verb::dial);
  EXPECT_EQ(dial_ends(fallback_news::answered).then, verb::hang_up);
  EXPECT_EQ(outcome(), "answered");
  EXPECT_EQ(outcome_source(), "callback") << "its record was final already";
  EXPECT_EQ(recorded("endReason"), "transferred");
  EXPECT_EQ(counted(R"(tonris_transfers_total{outcome="answered"})"), 1);
}

TEST_F(AgentTransfer, ComesBackToTheAgentWhenNobodyAnswers) {
  is_put_through();
  ASSERT_EQ(what_next().then, verb::dial);
  const auto offered = dial_ends(fallback_news::not_answered);
  ASSERT_EQ(offered.then, verb::stream);
  EXPECT_EQ(outcome(), "not_answered");
  dialled_ = dialler.attempts.size();
  caller_comes_back(offered);
  agent_comes_back();
  EXPECT_EQ(recorded("state"), "talking");
  EXPECT_EQ(recorded("endReason"), "");
  EXPECT_THAT(agent->sent, Contains(HasSubstr("nobody answered")));
  EXPECT_EQ(counted(R"(tonris_calls_resumed_total{after="transfer"})"), 1);
  EXPECT_EQ(counted(R"(tonris_calls_ended_taken_back_total{by="agent",reason="transferred"})"), 1);
  twilio->say(twilio_stop());
  settle();
  pass(1s);
  EXPECT_EQ(recorded("endReason"), "caller_hung_up");
  EXPECT_EQ(counted(R"(tonris_calls_ended_total{by="agent",reason="transferred"})"), 1);
  EXPECT_EQ(counted(R"(tonris_calls_ended_total{by="caller",reason="caller_hung_up"})"), 1);
  EXPECT_EQ(counted(R"(tonris_calls_ended_taken_back_total{by="caller",reason="caller_hung_up"})"), 0);
}

TEST_F(AgentTransfer, CanBeTriedAgainAndHasItsFallback) {
  is_put_through();
  (void)what_next();
  const auto offered = dial_ends(fallback_news::not_answered);
  dialled_ = dialler.attempts.size();
  caller_comes_back(offered);
  agent_comes_back();
  asks();
  announces();
  pass(10s);
  ASSERT_EQ(recorded("endReason"), "transferred");
  EXPECT_EQ(what_next().then, verb::dial);
  EXPECT_EQ(record()["transfers"].Size(), 2u);
}

TEST_F(AgentTransfer, TakesAMessageWhereTheTenantWantsThatWhenNobodyAnswers) {
  tenant->transfer->no_answer = model::tenant::transfer_type::no_answer_type::voicemail;
  is_put_through();
  ASSERT_EQ(what_next().then, verb::dial);
  EXPECT_EQ(dial_ends(fallback_news::not_answered).then, verb::record);
  EXPECT_EQ(outcome(), "not_answered");
  EXPECT_EQ(recorded("fallback"), "voicemail");
}

TEST_F(AgentTransfer, SaysASentenceWhenTheStreamBackNeverComes) {
  is_put_through();
  (void)what_next();
  ASSERT_EQ(dial_ends(fallback_news::not_answered).then, verb::stream);
  EXPECT_EQ(voice_again(call_status::in_progress, some_call, {}, fallback_news::failed).then, verb::say);
  EXPECT_EQ(outcome(), "not_answered");
}

TEST_F(AgentTransfer, GoesOnAfterARestartOfTheNode) {
  is_put_through();
  (void)what_next();
  std::string written;
  for (const auto& c : journal->take().checkpoints) written = c.json;
  const auto checkpoint = model::parse_checkpoint(written);
  ASSERT_TRUE(checkpoint);
  node_starts_again([] {});
  caf::anon_send(supervisor, restore_calls{{*checkpoint}});
  settle();
  const auto offered = dial_ends(fallback_news::not_answered);
  ASSERT_EQ(offered.then, verb::stream);
  dialled_ = dialler.attempts.size();
  caller_comes_back(offered);
  agent_comes_back();
  EXPECT_THAT(agent->sent, Contains(HasSubstr("nobody answered")));
}

TEST_F(AgentTransfer, WritesDownThatTheCallerGaveUpWhileItRang) {
  is_put_through();
  (void)what_next();
  EXPECT_EQ(dial_ends(fallback_news::not_answered, call_status::completed).then, verb::nothing);
  EXPECT_EQ(outcome(), "not_answered");
  EXPECT_EQ(recorded("endReason"), "transferred");
}

TEST_F(AgentTransfer, IsRefusedInWordsThatHoldNoNumber) {
  asks(R"({"number":"+19005550123"})");
  EXPECT_THAT(result(), HasSubstr(R"("is_error":true)"));
  EXPECT_THAT(result(), Not(HasSubstr("1900")));
  EXPECT_EQ(counted(R"(tonris_transfers_decided_total{verdict="not_allowed"})"), 1);
  pass(1s);
  EXPECT_EQ(recorded("state"), "talking");
  for (const auto& event : journal->take().events) EXPECT_THAT(event.detail, Not(HasSubstr("1900")));
}

TEST_F(AgentTransfer, IsAllowedSoOftenADayForOneCallerInAllHisCalls) {
  tenant->transfer->per_caller_per_day = 1;
  asks();
  EXPECT_THAT(result(), HasSubstr(R"("is_error":false)"));
  asks();
  EXPECT_THAT(result(), HasSubstr("already"));
  EXPECT_EQ(calls->transfers->placed(tenant->id, "+15550100001", scheduler.clock().now()), 1u);
  EXPECT_EQ(calls->transfers->placed(tenant->id, "+15550100009", scheduler.clock().now()), 0u);
  is_put_through();
}

TEST_F(AgentTransfer, IsWhisperedToWhoeverAnswersWhereTheTenantWantsIt) {
  tenant->transfer->warm = true;
  tenant->transfer->whisper = "A caller of the salon's.";
  is_put_through();
  EXPECT_EQ(what_next().whisper_for, some_call);
  const auto words = ask<transfer_words>(describe_transfer{some_call}).value_or(transfer_words{});
  EXPECT_EQ(words.text, "A caller of the salon's. 1 5 5 5 0 1 0 0 0 0 1. A bill.");
  EXPECT_EQ(ask<transfer_words>(describe_transfer{{"CA9"}}).value_or(transfer_words{"x", {}, {}}).text, "");
}

TEST_F(AgentTransfer, SurvivesACrashOfTheCallBeforeItIsAnnounced) {
  asks();
  break_pen();
  twilio->say(twilio_key('1'));
  settle();
  ASSERT_EQ(recorded("state"), "talking");
  pass(16s);
  EXPECT_EQ(recorded("endReason"), "transferred");
}

}  // namespace
}  // namespace tonris::actors::test
