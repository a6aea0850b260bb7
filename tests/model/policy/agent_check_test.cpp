#include "model/policy/agent_check.hpp"

#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tonris::model {
namespace {

using severity = agent_finding::severity;
using elevenlabs::agent_settings;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

/// An agent that suits everybody.
agent_settings good_agent() {
  agent_settings agent;
  agent.id = "agent_abc";
  agent.output_format = agent.input_format = "ulaw_8000";
  agent.client_events = {
      {"audio", "interruption", "agent_response", "user_transcript", "agent_response_correction", "client_tool_call"}};
  agent.language = "en";
  agent.further_languages = {"da"};
  agent.variables = {"business_name", "caller_number", "parking", "system__time"};
  agent.client_tools = {{"transfer_call", true}, {"crm", true}};
  agent.system_tools = {"end_call"};
  agent.may_override_first_message = agent.may_override_language = agent.may_override_prompt = true;
  agent.may_override_voice = agent.asks_for_initiation = true;
  agent.max_duration_seconds = 1800;
  return agent;
}

tenant demanding_tenant() {
  tenant t;
  t.id = {"salon-1"};
  t.phone_number = "+15550100002";
  t.numbers.push_back({"+15550100003", "da", {}});
  t.greeting = "Hello";
  t.language = "en";
  t.prompt = "Be kind.";
  t.voice_id = "v";
  t.dynamic_variables["parking"] = std::string{"behind"};
  t.tools["crm"].url = "https://crm.example";
  t.transfer.emplace().prefixes = {"+1"};
  t.limits.max_concurrent_calls = 10;
  return t;
}

TEST(AgentCheck, FindsNothingWhereAllIsWell) {
  EXPECT_THAT(check_agent(good_agent(), demanding_tenant()), IsEmpty());
}

struct row {
  std::string name;
  std::function<void(agent_settings&, tenant&)> change;
  severity is;
  std::string what, fix;
};

const std::vector<row> rows{
    {"speaks PCM", [](auto& a, auto&) { a.output_format = "pcm_16000"; }, severity::warning, "speaks pcm_16000",
     "tts.agent_output_audio_format to ulaw_8000"},
    {"hears PCM", [](auto& a, auto&) { a.input_format = "pcm_48000"; }, severity::warning, "hears pcm_48000",
     "asr.user_input_audio_format to ulaw_8000"},
    {"speaks MP3", [](auto& a, auto&) { a.output_format = "mp3_44100"; }, severity::error, "speaks mp3_44100",
     "ulaw_8000"},
    {"no greeting", [](auto& a, auto&) { a.may_override_first_message = false; }, severity::error,
     "another first message", "override of the first message"},
    {"no greeting after a loss",
     [](auto& a, auto& t) {
       a.may_override_first_message = false;
       t.greeting.reset();
       t.resume_greeting = "Here again";
     },
     severity::error, "another first message", "first message"},
    {"no language", [](auto& a, auto&) { a.may_override_language = false; }, severity::error, "another language",
     "override of the language"},
    {"no prompt", [](auto& a, auto&) { a.may_override_prompt = false; }, severity::error, "another prompt", "prompt"},
    {"no voice", [](auto& a, auto&) { a.may_override_voice = false; }, severity::error, "another voice", "voice"},
    {"unknown language", [](auto&, auto& t) { t.numbers[0].language = "es"; }, severity::error,
     "does not have the language es", "add es"},
    {"no audio", [](auto& a, auto&) { std::erase(*a.client_events, "audio"); }, severity::error, "does not send audio",
     "add audio to conversation_config.conversation.client_events"},
    {"no interruption", [](auto& a, auto&) { std::erase(*a.client_events, "interruption"); }, severity::error,
     "does not send interruption", "add interruption"},
    {"no words", [](auto& a, auto&) { std::erase(*a.client_events, "agent_response"); }, severity::warning,
     "does not send agent_response", "add agent_response"},
    {"no caller's words", [](auto& a, auto&) { std::erase(*a.client_events, "user_transcript"); }, severity::warning,
     "does not send user_transcript", "add user_transcript"},
    {"no corrections", [](auto& a, auto&) { std::erase(*a.client_events, "agent_response_correction"); },
     severity::warning, "does not send agent_response_correction", "add agent_response_correction"},
    {"no tool calls", [](auto& a, auto&) { std::erase(*a.client_events, "client_tool_call"); }, severity::warning,
     "does not send client_tool_call", "add client_tool_call"},
    {"unknown variable", [](auto& a, auto&) { a.variables.push_back("mood"); }, severity::error,
     "asks for the variable mood", "add mood to settings.dynamicVariables"},
    {"a variable that the tenant had", [](auto&, auto& t) { t.dynamic_variables.clear(); }, severity::error,
     "asks for the variable parking", "add parking"},
    {"unknown tool",
     [](auto& a, auto&) {
       a.client_tools.push_back({"dance", true});
     },
     severity::warning, "the client tool dance", "settings.tools"},
    {"transfer to nowhere", [](auto&, auto& t) { t.transfer.reset(); }, severity::warning,
     "the client tool transfer_call", "set settings.transfer"},
    {"a tool it does not wait for", [](auto& a, auto&) { a.client_tools[0].expects_response = false; },
     severity::warning, "does not wait for the client tool transfer_call", "Wait for response"},
    {"the vendor's transfer", [](auto& a, auto&) { a.system_tools.push_back("transfer_to_number"); }, severity::warning,
     "transfer_to_number", "client tool transfer_call"},
    {"no initiation", [](auto& a, auto&) { a.asks_for_initiation = false; }, severity::note, "initiation webhook",
     "enable"},
    {"browsers only", [](auto& a, auto&) { a.needs_origin = true; }, severity::error, "web pages", "allowlist"},
    {"too few at once", [](auto& a, auto&) { a.concurrency_limit = 9; }, severity::warning,
     "takes 9 conversations at once", "raise agent_concurrency_limit"},
    {"none at once", [](auto& a, auto&) { a.concurrency_limit = 0; }, severity::error, "no conversation at all",
     "raise"},
    {"none a day", [](auto& a, auto&) { a.daily_limit = 0; }, severity::error, "no conversation at all", "raise"},
    {"too short", [](auto& a, auto&) { a.max_duration_seconds = 1799; }, severity::warning,
     "ends a conversation after 1799 s", "max_duration_seconds"},
};

TEST(AgentCheck, FindsEachThingThatDoesNotFit) {
  for (const auto& one : rows) {
    auto agent = good_agent();
    auto t = demanding_tenant();
    one.change(agent, t);
    const auto found = check_agent(agent, t);
    ASSERT_EQ(found.size(), 1U) << one.name;
    EXPECT_EQ(to_string(found[0].is), to_string(one.is)) << one.name;
    EXPECT_THAT(found[0].what, HasSubstr(one.what)) << one.name;
    EXPECT_THAT(found[0].fix, HasSubstr(one.fix)) << one.name;
    EXPECT_FALSE(found[0].why.empty()) << one.name;
  }
}

TEST(AgentCheck, AsksForNothingThatATenantDoesNotUse) {
  auto agent = good_agent();
  agent.may_override_first_message = agent.may_override_language = agent.may_override_prompt = false;
  agent.may_override_voice = false;
  agent.concurrency_limit = 1;
  agent.client_tools.clear();
  agent.variables.clear();
  agent.client_events.reset();
  agent.language.clear();
  agent.further_languages.clear();
  tenant modest;
  modest.phone_number = "+15550100002";
  const auto found = check_agent(agent, modest);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_THAT(found[0].what, HasSubstr("agent_response_correction")) << "not in the service's own list";
}

TEST(AgentCheck, TellsTheGravestFirst) {
  auto agent = good_agent();
  agent.output_format = "pcm_16000";
  agent.asks_for_initiation = false;
  agent.variables.push_back("mood");
  std::vector<severity> told;
  for (const auto& one : check_agent(agent, demanding_tenant())) told.push_back(one.is);
  EXPECT_THAT(told, testing::ElementsAre(severity::error, severity::warning, severity::note));
}

TEST(AgentCheck, IsOneLineAFinding) {
  EXPECT_EQ(to_line({severity::error, "it is\nbroken", "calls fail", "mend it"}, "agent_abc", "salon-1"),
            "error: agent agent_abc, tenant salon-1: it is broken (calls fail). Fix: mend it");
}

}  // namespace
}  // namespace tonris::model
