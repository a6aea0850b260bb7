#include "model/json/writer.hpp"
#include "model/tenant/rules.hpp"
#include "model/tenant/tenant.hpp"

namespace tonris::model {

namespace {

void put_agents(json_writer& out, const std::vector<tenant::agent_choice>& agents) {
  if (agents.empty()) return;
  out.open_list("agents");
  for (const auto& choice : agents) {
    out.open_object();
    out.member("agentId", choice.agent.value);
    out.member("weight", choice.weight);
    out.close_object();
  }
  out.close_list();
}

void put_variables(json_writer& out, const std::map<std::string, tenant::variable>& variables) {
  if (variables.empty()) return;
  out.open_object("dynamicVariables");
  for (const auto& [name, value] : variables) {
    out.key(name);
    if (const auto* text = std::get_if<std::string>(&value)) out.value(*text);
    if (const auto* number = std::get_if<double>(&value)) out.plain_number(*number);
    if (const auto* whole = std::get_if<std::int64_t>(&value)) out.value(*whole);
    if (const auto* flag = std::get_if<bool>(&value)) out.value(*flag);
  }
  out.close_object();
}

void put_business_hours(json_writer& out, const tenant::business_hours_type& hours) {
  out.open_object();
  out.member("timezone", hours.timezone);
  for (const auto day : tenant_rules::weekdays) {
    const auto found = hours.days.find(std::string{day});
    if (found == hours.days.end()) continue;
    out.open_object(day);
    out.member("open", found->second.open);
    out.member("close", found->second.close);
    out.close_object();
  }
  out.close_object();
}

void put_fallback(json_writer& out, const tenant::fallback_type& fallback) {
  if (!fallback.say && !fallback.transfer_to && !fallback.voicemail) return;
  out.open_object("fallback");
  out.member("say", fallback.say);
  out.member("transferTo", fallback.transfer_to);
  out.member("voicemail", fallback.voicemail);
  out.close_object();
}

void put_limits(json_writer& out, const tenant::limits_type& limits) {
  out.open_object("limits");
  out.member("maxConcurrentCalls", limits.max_concurrent_calls);
  out.member("callsPerMinute", limits.calls_per_minute);
  out.member("maxCallSeconds", limits.max_call_seconds);
  out.member("minutesPerMonth", limits.minutes_per_month);
  if (limits.cost_per_month) {
    out.key("costPerMonth");
    out.plain_number(*limits.cost_per_month);
  }
  out.close_object();
}

void put_numbers(json_writer& out, std::string_view key, const std::vector<std::string>& numbers) {
  if (numbers.empty()) return;
  out.open_list(key);
  for (const auto& number : numbers) out.value(number);
  out.close_list();
}

void put_rehearsal(json_writer& out, const std::optional<tenant::rehearsal_type>& rehearsal) {
  if (!rehearsal) return;
  out.open_object("rehearsal");
  out.member("failure", to_string(rehearsal->what));
  out.member("afterSeconds", rehearsal->after_seconds);
  put_numbers(out, "callers", rehearsal->callers);
  out.close_object();
}

void put_tools(json_writer& out, const std::map<std::string, tenant::tool>& tools) {
  if (tools.empty()) return;
  out.open_object("tools");
  for (const auto& [name, tool] : tools) {
    out.open_object(name);
    if (tool.url.empty()) {
      out.key("static");
      out.json(tool.static_json);
    } else {
      out.member("url", tool.url);
      out.member("timeoutMs", tool.timeout_ms);
    }
    out.close_object();
  }
  out.close_object();
}

void put_settings(json_writer& out, const tenant& t) {
  out.open_object("settings");
  if (!t.agent.empty()) out.member("elevenLabsAgentId", t.agent.value);
  put_agents(out, t.agents);
  out.member("greeting", t.greeting);
  out.member("resumeGreeting", t.resume_greeting);
  out.member("prompt", t.prompt);
  out.member("language", t.language);
  out.member("voiceId", t.voice_id);
  put_variables(out, t.dynamic_variables);
  if (t.business_hours) {
    out.key("businessHours");
    put_business_hours(out, *t.business_hours);
  }
  put_fallback(out, t.fallback);
  put_limits(out, t.limits);
  put_rehearsal(out, t.rehearsal);
  put_numbers(out, "blockedCallers", t.blocked_callers);
  out.member("record", t.record);
  put_tools(out, t.tools);
  out.close_object();
}

}  // namespace

std::string_view to_string(tenant::status_type status) noexcept {
  switch (status) {
    case tenant::status_type::active: return "active";
    case tenant::status_type::suspended: return "suspended";
  }
  return "suspended";
}

std::string_view to_string(tenant::rehearsal_type::failure failure) noexcept {
  switch (failure) {
    case tenant::rehearsal_type::failure::agent_drop: return "agentDrop";
    case tenant::rehearsal_type::failure::slow_vendor: return "slowVendor";
    case tenant::rehearsal_type::failure::garbage_frame: return "garbageFrame";
    case tenant::rehearsal_type::failure::caller_drop: return "callerDrop";
    case tenant::rehearsal_type::failure::agent_crash: return "agentCrash";
    case tenant::rehearsal_type::failure::caller_crash: return "callerCrash";
    case tenant::rehearsal_type::failure::call_crash: return "callCrash";
  }
  return "agentDrop";
}

std::string to_json(const tenant::business_hours_type& hours) {
  std::string json;
  json_writer out(json);
  put_business_hours(out, hours);
  return json;
}

std::string to_json(const tenant& t) {
  std::string json;
  json_writer out(json);
  out.open_object();
  out.member("id", t.id.value);
  out.member("name", t.name);
  out.member("status", to_string(t.status));
  out.member("twilioPhoneNumber", t.phone_number);
  put_settings(out, t);
  out.close_object();
  return json;
}

}  // namespace tonris::model
