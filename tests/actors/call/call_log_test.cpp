/// What a call leaves in the log, and how it is judged when it ends.
#include "actors/call/call_log.hpp"

#include <algorithm>
#include <sstream>

#include "tests/actors/call/surviving_call_fixture.hpp"
#include "tests/actors/telemetry/captured_log.hpp"

namespace tonris::actors::test {
namespace {

using model::end_reason;
using model::twilio::call_status;
using testing::AllOf;
using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

class CallLog : public SurvivingCall {
 protected:
  static std::vector<std::string> lines_with(const std::string& text, const std::string& part) {
    std::vector<std::string> found;
    std::istringstream in{text};
    for (std::string line; std::getline(in, line);)
      if (line.find(part) != std::string::npos) found.push_back(line);
    return found;
  }
  void breaks_and_is_replaced() {
    agent->end(net::errc::reset);
    pass(6s);
    agent_comes_back();
  }
  /// Twilio has played what the agent said.
  void agent_is_heard() {
    agent->say(agent_says(ulaw(1600), ++event_id_));
    tick(2);
    const std::string name_is = R"("mark":{"name":")";
    const auto mark = std::find_if(twilio->sent.rbegin(), twilio->sent.rend(),
                                   [&](const auto& sent) { return sent.find(name_is) != std::string::npos; });
    ASSERT_NE(mark, twilio->sent.rend());
    const auto at = mark->find(name_is) + name_is.size();
    twilio->say(twilio_mark(mark->substr(at, mark->find('"', at) - at)));
    settle();
  }
  static std::string ulaw(std::size_t bytes) { return model::to_base64(std::vector<std::uint8_t>(bytes, 0x55)); }
  std::string trouble() {
    const auto all = record();
    const auto found = all.FindMember("troubled");
    return found == all.MemberEnd() ? "" : found->value["reason"].GetString();
  }
  double unheard() { return record()["troubled"]["unheardSeconds"].GetDouble(); }
  int event_id_ = 0;
};

// --- whose call it is

TEST_F(CallLog, NamesTenantAndCalledNumberInEveryLineAndNoWholeCaller) {
  captured_log log{config::log_level::debug};
  talk();
  breaks_and_is_replaced();
  twilio->end(net::errc::reset);
  settle();
  caller_comes_back(what_next());
  twilio->say(twilio_stop());
  settle();
  const auto text = log.text();
  EXPECT_THAT(text, Not(HasSubstr("+15550100001")));
  EXPECT_THAT(text, HasSubstr("[INFO]: Twilio-ElevenLabs: Connected call " + some_call.value +
                              " to ElevenLabs agent agent_1\n"))
      << "to the letter";
  EXPECT_THAT(text, HasSubstr("[INFO]: [MediaStream] Connected to ElevenLabs for call " + some_call.value + "\n"))
      << "to the letter";
  auto lines = lines_with(text, some_call.value);
  std::erase_if(lines, [](const auto& line) { return line.find(": Call CA") == std::string::npos; });
  EXPECT_GE(lines.size(), 8u) << text;
  EXPECT_THAT(lines, Each(HasSubstr("Call " + some_call.value + " (salon-1, +15550100002): ")));
}

TEST_F(CallLog, CarriesFieldsAsJson) {
  captured_log log{config::log_level::debug, config::log_format::json};
  talk();
  pass(61s);
  agent_is_heard();
  twilio->say(twilio_stop());
  settle();
  const auto lines = lines_with(log.text(), some_call.value);
  ASSERT_GE(lines.size(), 4u);
  for (const auto& line : lines) {
    rapidjson::Document json;
    json.Parse(line.c_str());
    ASSERT_TRUE(json.IsObject()) << line;
    EXPECT_STREQ(json["call"].GetString(), some_call.value.c_str()) << line;
    EXPECT_STREQ(json["tenant"].GetString(), "salon-1") << line;
    EXPECT_STREQ(json["to"].GetString(), "+15550100002") << line;
    EXPECT_STREQ(json["agent"].GetString(), "agent_1") << line;
    const bool is_last = &line == &lines.back();
    EXPECT_EQ(json.HasMember("reason"), is_last) << line;
    if (!is_last) continue;
    EXPECT_STREQ(json["level"].GetString(), "INFO");
    EXPECT_STREQ(json["reason"].GetString(), "caller_hung_up");
    EXPECT_STREQ(json["by"].GetString(), "caller");
    EXPECT_DOUBLE_EQ(json["durationSeconds"].GetDouble(), 61);
  }
}

TEST_F(CallLog, SaysWhoseCallItWasThatWasRefused) {
  captured_log log;
  ask<call_answer>(refuse_call{request_of(some_call), tenant, end_reason::no_agent});
  ask<call_answer>(refuse_call{request_of({"CA2"}), nullptr, end_reason::unknown_number});
  const auto text = log.text();
  EXPECT_THAT(text, HasSubstr("[WARN]: Call " + some_call.value +
                              " (salon-1, +15550100002): refused: no_agent (by "
                              "tenant)\n"));
  EXPECT_THAT(text, HasSubstr("[WARN]: Call CA2 (no tenant, +15550100002): refused: unknown_number (by tenant)\n"));
}

TEST_F(CallLog, SaysWhoseCallItWasThatCrashed) {
  captured_log log{config::log_level::info, config::log_format::json};
  talk();
  break_pen();
  twilio->say(twilio_key('1'));
  settle();
  const auto lines = lines_with(log.text(), "ended by an exception");
  ASSERT_THAT(lines, SizeIs(1));
  EXPECT_THAT(lines[0], AllOf(HasSubstr(R"("call":")" + some_call.value), HasSubstr(R"("tenant":"salon-1")")));
}

// --- how loud it is

TEST_F(CallLog, IsQuietOverAnOrdinaryCall) {
  captured_log log;
  talk();
  agent_is_heard();
  twilio->say(twilio_stop());
  settle();
  const auto text = log.text();
  EXPECT_THAT(lines_with(text, "[WARN]"), IsEmpty());
  EXPECT_THAT(text, HasSubstr("[INFO]: Call " + some_call.value +
                              " (salon-1, +15550100002): ended: caller_hung_up (by caller)\n"));
}

TEST_F(CallLog, WarnsOnceOfALegHoweverOftenItIsTriedAndOnceOfTheLostCall) {
  captured_log log;
  talk();
  vendor->answer = {std::nullopt, end_reason::agent_unreachable, "signed URL: api.elevenlabs.io: connection refused"};
  agent->end(net::errc::reset);
  for (int i = 0; i < 10; ++i) pass(5s);
  EXPECT_EQ(recorded("endReason"), "agent_unreachable");
  EXPECT_EQ(record()["restarts"].GetInt(), 5);
  const auto text = log.text();
  const auto warnings = lines_with(text, "[WARN]");
  ASSERT_THAT(warnings, SizeIs(2)) << text;
  EXPECT_THAT(warnings[0], HasSubstr("the agent is connected anew (agent_lost): reset"));
  EXPECT_THAT(warnings[1], HasSubstr("ended: agent_unreachable (by network) signed URL: api.elevenlabs.io: "));
  EXPECT_THAT(lines_with(text, "[ERROR]"), IsEmpty());
}

TEST_F(CallLog, WarnsOfEachConversationThatBreaks) {
  captured_log log;
  talk();
  breaks_and_is_replaced();
  breaks_and_is_replaced();
  EXPECT_THAT(lines_with(log.text(), "[WARN]"), SizeIs(2));
}

TEST_F(CallLog, WarnsOnceOfAStreamThatDrops) {
  captured_log log;
  talk();
  twilio->end(net::errc::reset);
  settle();
  const auto warnings = lines_with(log.text(), "[WARN]");
  ASSERT_THAT(warnings, SizeIs(1));
  EXPECT_THAT(warnings[0], HasSubstr("its stream dropped (stream_lost): "));
}

TEST_F(CallLog, CallsARefusedKeyAnError) {
  vendor->answer = {std::nullopt, end_reason::agent_auth_failed, "signed URL: HTTP 401"};
  captured_log log;
  stream_starts();
  EXPECT_EQ(recorded("endReason"), "agent_auth_failed");
  const auto text = log.text();
  EXPECT_THAT(text, HasSubstr("[ERROR]: Call " + some_call.value +
                              " (salon-1, +15550100002): ended: agent_auth_failed "
                              "(by vendor) signed URL: HTTP 401\n"));
  EXPECT_THAT(lines_with(text, "[WARN]"), IsEmpty());
}

// --- a caller who gives up

TEST_F(CallLog, SeesThroughTheOrdinaryEndOfACallerWhoHeardNothing) {
  captured_log log;
  talk();
  agent_is_heard();
  for (int i = 0; i < 5; ++i) {
    agent->end(net::errc::slow_peer);
    pass(6s);
    agent_comes_back();
  }
  pass(12s);
  twilio->say(twilio_stop());
  settle();
  EXPECT_EQ(recorded("endReason"), "caller_hung_up");
  EXPECT_EQ(trouble(), "slow_agent");
  EXPECT_DOUBLE_EQ(unheard(), 42);
  EXPECT_EQ(counted(R"(tonris_calls_troubled_total{by="vendor",reason="slow_agent"})"), 1);
  EXPECT_EQ(counted(R"(tonris_calls_ended_total{by="caller",reason="caller_hung_up"})"), 1);
  EXPECT_THAT(log.text(), HasSubstr("[WARN]: Call " + some_call.value +
                                    " (salon-1, +15550100002): ended: caller_hung_up (by caller); in trouble: "
                                    "slow_agent, nothing heard for 42 s\n"));
}

TEST_F(CallLog, TakesATroubleAsOverOnceTheCallerHearsTheAgentAgain) {
  talk();
  breaks_and_is_replaced();
  agent_is_heard();
  pass(10s);
  twilio->say(twilio_stop());
  settle();
  EXPECT_EQ(recorded("endReason"), "caller_hung_up");
  EXPECT_EQ(trouble(), "");
}

TEST_F(CallLog, SeesThatACallerWentWhileHisStreamWasAway) {
  talk();
  twilio->end(net::errc::reset);
  pass(10s);
  caf::anon_send(supervisor, call_status_changed{some_call, call_status::completed});
  settle();
  EXPECT_EQ(recorded("endReason"), "caller_hung_up");
  EXPECT_EQ(trouble(), "stream_lost");
}

TEST_F(CallLog, KnowsNoTroubleInACallThatOnlyBegan) {
  rings();
  caf::anon_send(supervisor, call_status_changed{some_call, call_status::completed});
  settle();
  EXPECT_EQ(recorded("endReason"), "caller_hung_up");
  EXPECT_EQ(trouble(), "");
}

}  // namespace
}  // namespace tonris::actors::test
