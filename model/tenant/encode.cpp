#include <cmath>

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "model/tenant/rules.hpp"
#include "model/tenant/tenant.hpp"

namespace tonris::model {

namespace {

using writer = rapidjson::Writer<rapidjson::StringBuffer>;

void put_key(writer& out, std::string_view key) {
  out.Key(key.data(), static_cast<rapidjson::SizeType>(key.size()));
}
void put_value(writer& out, std::string_view text) {
  out.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}
void put(writer& out, std::string_view key, std::string_view text) {
  put_key(out, key);
  put_value(out, text);
}
void put(writer& out, std::string_view key, const std::optional<std::string>& text) {
  if (text) put(out, key, std::string_view{*text});
}
void put_number(writer& out, double number) {
  constexpr double exact = 9007199254740992.0;  // 2^53: whole numbers below are written without a point
  if (std::trunc(number) == number && std::abs(number) < exact) {
    out.Int64(static_cast<std::int64_t>(number));
  } else {
    out.Double(number);
  }
}
void put_limit(writer& out, std::string_view key, const std::optional<std::uint32_t>& limit) {
  if (!limit) return;
  put_key(out, key);
  out.Uint(*limit);
}

void put_agents(writer& out, const std::vector<tenant::agent_choice>& agents) {
  if (agents.empty()) return;
  put_key(out, "agents");
  out.StartArray();
  for (const auto& choice : agents) {
    out.StartObject();
    put(out, "agentId", std::string_view{choice.agent.value});
    put_key(out, "weight");
    out.Uint(choice.weight);
    out.EndObject();
  }
  out.EndArray();
}

void put_variables(writer& out, const std::map<std::string, tenant::variable>& variables) {
  if (variables.empty()) return;
  put_key(out, "dynamicVariables");
  out.StartObject();
  for (const auto& [name, value] : variables) {
    put_key(out, name);
    if (const auto* text = std::get_if<std::string>(&value)) put_value(out, *text);
    if (const auto* number = std::get_if<double>(&value)) put_number(out, *number);
    if (const auto* whole = std::get_if<std::int64_t>(&value)) out.Int64(*whole);
    if (const auto* flag = std::get_if<bool>(&value)) out.Bool(*flag);
  }
  out.EndObject();
}

void put_business_hours(writer& out, const tenant::business_hours_type& hours) {
  out.StartObject();
  put(out, "timezone", std::string_view{hours.timezone});
  for (const auto day : tenant_rules::weekdays) {
    const auto found = hours.days.find(std::string{day});
    if (found == hours.days.end()) continue;
    put_key(out, day);
    out.StartObject();
    put(out, "open", std::string_view{found->second.open});
    put(out, "close", std::string_view{found->second.close});
    out.EndObject();
  }
  out.EndObject();
}

void put_fallback(writer& out, const tenant::fallback_type& fallback) {
  if (!fallback.say && !fallback.transfer_to && !fallback.voicemail) return;
  put_key(out, "fallback");
  out.StartObject();
  put(out, "say", fallback.say);
  put(out, "transferTo", fallback.transfer_to);
  put_key(out, "voicemail");
  out.Bool(fallback.voicemail);
  out.EndObject();
}

void put_limits(writer& out, const tenant::limits_type& limits) {
  put_key(out, "limits");
  out.StartObject();
  put_limit(out, "maxConcurrentCalls", limits.max_concurrent_calls);
  put_limit(out, "callsPerMinute", limits.calls_per_minute);
  put_limit(out, "maxCallSeconds", limits.max_call_seconds);
  put_limit(out, "minutesPerMonth", limits.minutes_per_month);
  if (limits.cost_per_month) {
    put_key(out, "costPerMonth");
    put_number(out, *limits.cost_per_month);
  }
  out.EndObject();
}

void put_numbers(writer& out, std::string_view key, const std::vector<std::string>& numbers) {
  if (numbers.empty()) return;
  put_key(out, key);
  out.StartArray();
  for (const auto& number : numbers) put_value(out, number);
  out.EndArray();
}

void put_rehearsal(writer& out, const std::optional<tenant::rehearsal_type>& rehearsal) {
  if (!rehearsal) return;
  put_key(out, "rehearsal");
  out.StartObject();
  put(out, "failure", to_string(rehearsal->what));
  put_key(out, "afterSeconds");
  out.Uint(rehearsal->after_seconds);
  put_numbers(out, "callers", rehearsal->callers);
  out.EndObject();
}

void put_tools(writer& out, const std::map<std::string, tenant::tool>& tools) {
  if (tools.empty()) return;
  put_key(out, "tools");
  out.StartObject();
  for (const auto& [name, tool] : tools) {
    put_key(out, name);
    out.StartObject();
    if (tool.url.empty()) {
      put_key(out, "static");
      out.RawValue(tool.static_json.data(), tool.static_json.size(), rapidjson::kObjectType);
    } else {
      put(out, "url", std::string_view{tool.url});
      put_key(out, "timeoutMs");
      out.Uint(tool.timeout_ms);
    }
    out.EndObject();
  }
  out.EndObject();
}

void put_settings(writer& out, const tenant& t) {
  put_key(out, "settings");
  out.StartObject();
  if (!t.agent.empty()) put(out, "elevenLabsAgentId", std::string_view{t.agent.value});
  put_agents(out, t.agents);
  put(out, "greeting", t.greeting);
  put(out, "resumeGreeting", t.resume_greeting);
  put(out, "prompt", t.prompt);
  put(out, "language", t.language);
  put(out, "voiceId", t.voice_id);
  put_variables(out, t.dynamic_variables);
  if (t.business_hours) {
    put_key(out, "businessHours");
    put_business_hours(out, *t.business_hours);
  }
  put_fallback(out, t.fallback);
  put_limits(out, t.limits);
  put_rehearsal(out, t.rehearsal);
  put_numbers(out, "blockedCallers", t.blocked_callers);
  put_key(out, "record");
  out.Bool(t.record);
  put_tools(out, t.tools);
  out.EndObject();
}

std::string text_of(const rapidjson::StringBuffer& buffer) {
  return {buffer.GetString(), buffer.GetSize()};
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
  rapidjson::StringBuffer buffer;
  writer out{buffer};
  put_business_hours(out, hours);
  return text_of(buffer);
}

std::string to_json(const tenant& t) {
  rapidjson::StringBuffer buffer;
  writer out{buffer};
  out.StartObject();
  put(out, "id", std::string_view{t.id.value});
  put(out, "name", std::string_view{t.name});
  put(out, "status", to_string(t.status));
  put(out, "twilioPhoneNumber", std::string_view{t.phone_number});
  put_settings(out, t);
  out.EndObject();
  return text_of(buffer);
}

}  // namespace tonris::model
