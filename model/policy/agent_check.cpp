#include "model/policy/agent_check.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <set>
#include <utility>

#include "model/audio/format.hpp"
#include "model/call/briefing.hpp"
#include "model/text/one_line.hpp"
#include "model/tool/tool_command.hpp"

namespace tonris::model {

namespace {

using severity = agent_finding::severity;
using elevenlabs::agent_settings;
using findings = std::vector<agent_finding>;

constexpr std::uint32_t default_call_seconds = 1800;

template <class List>
bool has(const List& list, std::string_view name) {
  return std::find(std::begin(list), std::end(list), name) != std::end(list);
}

void check_format(std::string_view format, std::string_view way, std::string_view setting, findings& found) {
  if (format == to_string(audio_format::ulaw_8000)) return;
  const bool is_known = parse_audio_format(format).has_value();
  auto what = std::string{"the agent "}.append(way).append(" ").append(format);
  found.push_back({is_known ? severity::warning : severity::error, std::move(what),
                   is_known ? "each frame of audio is converted" : "nobody can convert that: calls fail",
                   std::string{"set "}.append(setting).append(" to ulaw_8000")});
}

void check_formats(const agent_settings& agent, findings& found) {
  check_format(agent.output_format, "speaks", "conversation_config.tts.agent_output_audio_format", found);
  check_format(agent.input_format, "hears", "conversation_config.asr.user_input_audio_format", found);
}

void check_override(bool is_used, bool is_allowed, std::string_view key, std::string_view what, findings& found) {
  if (!is_used || is_allowed) return;
  found.push_back({severity::error, std::string{"the agent may not be given another "}.append(what),
                   std::string{"the tenant has "}.append(key).append(": the conversation is closed with 1008"),
                   std::string{"allow the override of the "}.append(what).append(" in the agent's security settings")});
}

/// All languages that the tenant's calls ask for.
std::set<std::string> languages_of(const tenant& t) {
  std::set<std::string> all;
  if (t.language) all.insert(*t.language);
  for (const auto& number : t.numbers)
    if (number.language) all.insert(*number.language);
  return all;
}

void check_overrides(const agent_settings& agent, const tenant& t, findings& found) {
  const bool greets = t.greeting && !t.greeting->empty();
  check_override(greets, agent.may_override_first_message, "settings.greeting", "first message", found);
  check_override(!greets && t.resume_greeting && !t.resume_greeting->empty(), agent.may_override_first_message,
                 "settings.resumeGreeting", "first message", found);
  check_override(!languages_of(t).empty(), agent.may_override_language, "a language", "language", found);
  check_override(t.prompt.has_value(), agent.may_override_prompt, "settings.prompt", "prompt", found);
  check_override(t.voice_id.has_value(), agent.may_override_voice, "settings.voiceId", "voice", found);
}

// Without it the vendor never opens the conversation (elevenlabs packages 293).
void check_languages(const agent_settings& agent, const tenant& t, findings& found) {
  for (const auto& language : languages_of(t)) {
    if (language == agent.language || has(agent.further_languages, language)) continue;
    if (agent.language.empty() && agent.further_languages.empty()) continue;  // it does not say
    found.push_back({severity::error, "the agent does not have the language " + language,
                     "the tenant asks for it: the conversation never begins",
                     "add " + language + " to the agent's languages"});
  }
}

void check_events(const agent_settings& agent, findings& found) {
  struct needed {
    std::string_view name;
    severity is;
    std::string_view why;
    bool by_default;
  };
  static constexpr std::array all{
      needed{"audio", severity::error, "callers hear nothing", true},
      needed{"interruption", severity::error, "callers cannot interrupt the agent", true},
      needed{"agent_response", severity::warning, "the record lacks what the agent said", true},
      needed{"user_transcript", severity::warning, "the record lacks what the caller said", true},
      needed{"agent_response_correction", severity::warning, "the record has words that an interruption cut off",
             false},
      needed{"client_tool_call", severity::warning, "its client tools may never be called", false},
  };
  for (const auto& [name, is, why, by_default] : all) {
    if (agent.client_events ? has(*agent.client_events, name) : by_default) continue;
    if (name == "client_tool_call" && agent.client_tools.empty()) continue;
    found.push_back({is, std::string{"the agent does not send "}.append(name), std::string{why},
                     std::string{"add "}.append(name).append(" to conversation_config.conversation.client_events")});
  }
}

void check_variables(const agent_settings& agent, const tenant& t, findings& found) {
  const auto sent = make_initiation(t, {}).dynamic_variables;
  for (const auto& name : agent.variables) {
    if (sent.contains(name) || name.starts_with("system__")) continue;
    found.push_back({severity::error, "the agent asks for the variable " + name,
                     "no call brings it: the conversation is closed with 1008",
                     "add " + name + " to settings.dynamicVariables, or take it out of the agent"});
  }
}

void check_client_tool(const agent_settings::tool& tool, const tenant& t, findings& found) {
  if (!has(tool_command_names, tool.name) && !t.tools.contains(tool.name)) {
    found.push_back({severity::warning, "the agent has the client tool " + tool.name,
                     "nobody here has it: it is answered with an error",
                     "name it as one of ours, or add it to settings.tools"});
    return;
  }
  if (tool.name == "transfer_call" && !t.transfer)
    found.push_back({severity::warning, "the agent has the client tool transfer_call",
                     "the tenant has no settings.transfer: every transfer is refused", "set settings.transfer"});
  if (!tool.expects_response)
    found.push_back({severity::warning, "the agent does not wait for the client tool " + tool.name,
                     "it never learns what came of it", "switch on \"Wait for response\" of the tool"});
}

void check_tools(const agent_settings& agent, const tenant& t, findings& found) {
  for (const auto& tool : agent.client_tools) check_client_tool(tool, t, found);
  if (has(agent.system_tools, "transfer_to_number"))
    found.push_back({severity::warning, "the agent has the system tool transfer_to_number",
                     "it works on the vendor's own telephony only, not on our calls",
                     "take it out and give the agent the client tool transfer_call"});
}

void check_access(const agent_settings& agent, findings& found) {
  if (agent.needs_origin)
    found.push_back({severity::error, "the agent lets only web pages of certain hosts in",
                     "a telephone call has no Origin and is refused", "empty the agent's allowlist"});
  if (!agent.asks_for_initiation)
    found.push_back({severity::note, "the agent takes no data from the initiation webhook",
                     "numbers that are still imported at ElevenLabs get no personalisation",
                     "enable \"Fetch initiation client data from a webhook\" if there are such numbers"});
}

void check_limits(const agent_settings& agent, const tenant& t, findings& found) {
  const auto calls = t.limits.max_concurrent_calls;
  if (agent.concurrency_limit == 0 || agent.daily_limit == 0)
    found.push_back(
        {severity::error, "the agent takes no conversation at all", "its limit is 0", "raise the agent's call limits"});
  else if (calls && agent.concurrency_limit > 0 && agent.concurrency_limit < std::int64_t{*calls})
    found.push_back({severity::warning,
                     "the agent takes " + std::to_string(agent.concurrency_limit) + " conversations at once",
                     "the tenant may have " + std::to_string(*calls) + " calls",
                     "raise agent_concurrency_limit, or lower settings.limits.maxConcurrentCalls"});
  const std::int64_t seconds = t.limits.max_call_seconds.value_or(default_call_seconds);
  if (agent.max_duration_seconds < seconds)
    found.push_back({severity::warning,
                     "the agent ends a conversation after " + std::to_string(agent.max_duration_seconds) + " s",
                     "the tenant's calls may last " + std::to_string(seconds) + " s",
                     "raise conversation_config.conversation.max_duration_seconds"});
}

}  // namespace

std::string_view to_string(agent_finding::severity severity) noexcept {
  switch (severity) {
    case severity::note: return "note";
    case severity::warning: return "warning";
    case severity::error: return "error";
  }
  return "warning";
}

agent_finding unknown_agent() {
  return {agent_finding::severity::error, "ElevenLabs does not know the agent",
          "it was removed, is another account's, or lies in another region: every call to it fails",
          "name an agent of this account's"};
}

std::vector<agent_finding> check_agent(const agent_settings& agent, const tenant& t) {
  findings found;
  check_access(agent, found);
  check_variables(agent, t, found);
  check_overrides(agent, t, found);
  check_languages(agent, t, found);
  check_events(agent, found);
  check_tools(agent, t, found);
  check_limits(agent, t, found);
  check_formats(agent, found);
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.is > b.is; });
  return found;
}

std::string to_line(const agent_finding& finding, std::string_view agent, std::string_view tenant) {
  std::string text{to_string(finding.is)};
  text.append(": agent ").append(agent).append(", tenant ").append(tenant).append(": ").append(finding.what);
  text.append(" (").append(finding.why).append("). Fix: ").append(finding.fix);
  std::string line;
  append_one_line(text, line);
  return line;
}

}  // namespace tonris::model
