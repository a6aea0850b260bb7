// What the agent does by client tools in a call.
#include "actors/call/agent_tools.hpp"

#include "tests/actors/call/surviving_call_fixture.hpp"
#include "tests/actors/leg/a_frame.hpp"

namespace tonris::actors::test {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

class AgentTools : public SurvivingCall {
 protected:
  void SetUp() override {
    SurvivingCall::SetUp();
    talk();
  }
  void uses(std::string_view tool, std::string_view parameters = "{}") {
    agent->say(agent_uses(tool, parameters, "t" + std::to_string(++used_)));
    settle();
  }
  /// The results of the newest tool: exactly one is right.
  std::string result() const {
    std::string all;
    for (const auto& text : agent->sent)
      if (text.find(R"("tool_call_id":"t)" + std::to_string(used_) + '"') != std::string::npos) all += text;
    return all;
  }
  bool is_refused() const { return result().find(R"("is_error":true)") != std::string::npos; }
  bool is_done() const { return result().find(R"("is_error":false)") != std::string::npos; }
  std::string newest_checkpoint() {
    for (const auto& c : journal->take().checkpoints) checkpoint_ = c.json;
    return checkpoint_;
  }
  /// The timeline's lines about tools so far.
  std::vector<std::string> told_of_tools() {
    for (const auto& event : journal->take().events)
      if (event.what == model::call_moment::tool) timeline_.push_back(event.detail);
    return timeline_;
  }
  std::string tools_in_record() {
    const auto all = record();
    if (!all.HasMember("toolCalls")) return {};
    std::string text;
    for (const auto& one : all["toolCalls"].GetArray())
      text += std::string{one["name"].GetString()} + (one.HasMember("failed") ? " failed" : "") + " by " +
              one["by"].GetString() + ";";
    return text;
  }
  void press(std::string_view keys) {
    for (const char key : keys) twilio->say(twilio_key(key));
    settle();
  }

  int used_ = 0;
  std::string checkpoint_;
  std::vector<std::string> timeline_;
};

struct answered_tool {
  std::string why, tool, parameters, result;
  bool is_error;
};
class AgentToolsAnswer : public AgentTools, public testing::WithParamInterface<answered_tool> {};

TEST_P(AgentToolsAnswer, OnceAndInPlainWords) {
  uses(GetParam().tool, GetParam().parameters);
  EXPECT_THAT(result(), HasSubstr(GetParam().result));
  EXPECT_EQ(is_refused(), GetParam().is_error);
  EXPECT_NE(is_done(), GetParam().is_error) << "never both";
  EXPECT_EQ(tools_in_record(), GetParam().tool + (GetParam().is_error ? " failed" : "") + " by socket;");
  EXPECT_THAT(told_of_tools(), Contains(HasSubstr(GetParam().tool + (GetParam().is_error ? ", refused" : ", done"))));
}
INSTANTIATE_TEST_SUITE_P(
    Tools, AgentToolsAnswer,
    testing::Values(
        answered_tool{"Unknown", "fly", "{}", "There is no tool named fly here.", true},
        answered_tool{"Note", "note", R"({"text":"wants Anna"})", "in the call's record", false},
        answered_tool{"NoteWithoutText", "note", "{}", "text", true},
        answered_tool{"Variable", "set_variable", R"({"name":"guests","value":4})", "kept", false},
        answered_tool{"VariableOfOurs", "set_variable", R"({"name":"tenant_id","value":"x"})", "cannot be set", true},
        answered_tool{"Callback", "request_callback", R"({"when":"tomorrow"})", "to be called back", false},
        answered_tool{"CallbackToNoNumber", "request_callback", R"({"number":"Anna"})", "no phone number", true},
        answered_tool{"Hold", "hold", R"({"seconds":30})", "30 seconds at most", false},
        answered_tool{"Resume", "resume", "{}", "hears you again", false},
        answered_tool{"Keys", "send_dtmf", R"({"digits":"12#"})", "being sent", false},
        answered_tool{"NoKeys", "send_dtmf", R"({"digits":"abc"})", "0 to 9", true},
        answered_tool{"TransferWithoutSettings", "transfer_call", R"({"number":"+15550109999"})", "does not allow",
                      true}),
    [](const auto& row) { return row.param.why; });

TEST_F(AgentTools, PutNotesIntoTheRecordAndNoNumberIntoTheTimeline) {
  uses("note", R"({"text":"wants Anna"})");
  uses("request_callback", R"({"number":"+1 555 010 0077","when":"at noon","reason":"a bill"})");
  const auto all = record();
  ASSERT_EQ(all["notes"].Size(), 2u);
  EXPECT_STREQ(all["notes"][0]["text"].GetString(), "wants Anna");
  EXPECT_STREQ(all["notes"][0]["source"].GetString(), "agent");
  EXPECT_STREQ(all["notes"][1]["text"].GetString(), "Callback wanted: +15550100077, when: at noon, why: a bill");
  for (const auto& line : told_of_tools()) EXPECT_THAT(line, Not(HasSubstr("0077")));
}

TEST_F(AgentTools, EndTheCallWithTheAgentsLastWords) {
  uses("end_call");
  EXPECT_TRUE(is_done());
  agent->say(agent_says(a_frame));
  settle();
  EXPECT_THAT(twilio->sent, Contains(media_out(a_frame)));
  pass(5100ms);
  EXPECT_EQ(agent->close_code, 1000);
  EXPECT_EQ(recorded("state"), "ending");
  pass(10s);
  EXPECT_EQ(recorded("endReason"), "agent_ended");
  EXPECT_EQ(what_next().then, call_answer::verb::hang_up);
}

TEST_F(AgentTools, KeepVariablesForTheNextConversation) {
  uses("set_variable", R"({"name":"guests","value":4})");
  uses("set_variable", R"({"name":"mood","value":"good"})");
  agent->end(net::errc::reset);
  settle();
  pass(1s);
  agent_comes_back();
  EXPECT_THAT(agent->sent[0], HasSubstr(R"("guests":4)"));
  EXPECT_THAT(agent->sent[0], HasSubstr(R"("mood":"good")"));
}

TEST_F(AgentTools, KeepVariablesForTheNodesNextLife) {
  uses("set_variable", R"({"name":"guests","value":4})");
  call_waits_in_the_nodes_next_life();
  const auto offered = what_next();
  dialled_ = dialler.attempts.size();
  caller_comes_back(offered);
  agent_comes_back();
  EXPECT_THAT(agent->sent[0], HasSubstr(R"("guests":4)"));
}

TEST_F(AgentTools, SetFiftyVariablesAtMost) {
  for (int n = 0; n < 50; ++n) uses("set_variable", R"({"name":"v)" + std::to_string(n) + R"(","value":1})");
  EXPECT_TRUE(is_done());
  uses("set_variable", R"({"name":"v50","value":1})");
  EXPECT_TRUE(is_refused());
  uses("set_variable", R"({"name":"v7","value":2})");
  EXPECT_TRUE(is_done()) << "one that is there";
}

TEST_F(AgentTools, SendKeysAsTonesTheAgentWaitsBehind) {
  uses("send_dtmf", R"({"digits":"1"})");
  agent->say(agent_says(a_frame));
  settle();
  EXPECT_THAT(twilio->sent, Not(Contains(media_out(a_frame))));
  EXPECT_THAT(twilio->sent, Contains(HasSubstr(R"("media")")));
  tick(3);
  EXPECT_THAT(twilio->sent, Contains(media_out(a_frame)));
}

TEST_F(AgentTools, TakeTheCallerBackWhenTheHoldIsOver) {
  uses("hold", R"({"seconds":2})");
  for (int n = 0; n < 3; ++n) {
    twilio->say(twilio_media(a_frame, n + 1));
    pass(1s);
    tick(10);
  }
  EXPECT_THAT(agent->sent, Contains(HasSubstr("hears you again")));
  EXPECT_THAT(told_of_tools(), Contains(HasSubstr("its time is over")));
}

// --- keys that the caller is asked for

TEST_F(AgentTools, CollectTheKeysThatTheCallerPresses) {
  uses("collect_digits", R"({"count":4})");
  EXPECT_EQ(result(), "") << "not yet";
  press("12");
  EXPECT_EQ(result(), "");
  EXPECT_THAT(agent->sent, Not(Contains(HasSubstr("The caller pressed"))));
  press("34");
  EXPECT_THAT(result(), HasSubstr(R"(\"digits\":\"1234\")"));
  EXPECT_TRUE(is_done());
  EXPECT_THAT(told_of_tools(), Contains("collect_digits, done: 1234, count"));
  press("5");
  EXPECT_THAT(agent->sent, Contains(HasSubstr("The caller pressed")));
}

TEST_F(AgentTools, MaskKeysWhereTheTenantWantsIt) {
  tenant->mask_digits = true;
  uses("collect_digits", R"({"count":4})");
  press("1234");
  EXPECT_THAT(result(), HasSubstr("1234")) << "the agent needs them";
  for (const auto& line : told_of_tools()) EXPECT_THAT(line, Not(HasSubstr("1234")));
}

TEST_F(AgentTools, WriteKeysNowhereInClearButWhereTheTenantLetsThem) {
  uses("collect_digits", R"({"count":4})");
  press("1234");
  EXPECT_THAT(newest_checkpoint(), Not(HasSubstr("1234")));
  EXPECT_THAT(checkpoint_, HasSubstr("4321")) << "as the test's own seal has it";
}

TEST_F(AgentTools, WaitForKeysAsLongAsTheAgentSaysAndNoLonger) {
  uses("collect_digits", R"({"count":4,"timeout_seconds":20})");
  press("1");
  for (int n = 0; n < 19; ++n) {
    twilio->say(twilio_media(a_frame, n + 1));
    pass(1s);
    tick(10);
  }
  EXPECT_EQ(result(), "") << "other tools are given up by now";
  pass(1100ms);
  EXPECT_THAT(result(), HasSubstr(R"(\"ended_by\":\"timeout\")"));
}

TEST_F(AgentTools, AskForKeysOnceAtATime) {
  uses("collect_digits", R"({"count":4})");
  uses("collect_digits", R"({"count":2})");
  EXPECT_TRUE(is_refused());
}

TEST_F(AgentTools, GoOnCollectingAfterACrashOfTheCall) {
  uses("collect_digits", R"({"count":2})");
  press("1");
  break_pen();
  press("2");  // crashes over it
  settle();
  press("3");
  EXPECT_THAT(result(), HasSubstr(R"(\"digits\":\"1)"));
  EXPECT_TRUE(is_done());
}

TEST_F(AgentTools, WriteDownWhatACallersEndLeftUnanswered) {
  uses("collect_digits", R"({"count":2})");
  twilio->say(twilio_stop());
  settle();
  pass(1s);
  EXPECT_EQ(recorded("endReason"), "caller_hung_up");
  EXPECT_EQ(tools_in_record(), "collect_digits failed by socket;");
}

TEST_F(AgentTools, AnswerToTheConversationThatAskedAndToNoOther) {
  uses("collect_digits", R"({"count":2})");
  agent->end(net::errc::reset);
  settle();
  pass(1s);
  agent_comes_back();
  press("12");
  EXPECT_EQ(result(), "");
  uses("collect_digits", R"({"count":2})");
  press("34");
  EXPECT_THAT(result(), HasSubstr("34"));
}

}  // namespace
}  // namespace tonris::actors::test
