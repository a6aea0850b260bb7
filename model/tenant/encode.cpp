#include "model/json/writer.hpp"
#include "model/tenant/read_experiment.hpp"
#include "model/tenant/read_numbers.hpp"
#include "model/tenant/read_outbound.hpp"
#include "model/tenant/read_recording.hpp"
#include "model/tenant/read_secrets.hpp"
#include "model/tenant/read_tools.hpp"
#include "model/tenant/read_transfer.hpp"
#include "model/tenant/read_webhooks.hpp"
#include "model/tenant/rules.hpp"
#include "model/tenant/tenant.hpp"

namespace tonris::model {

namespace {

void put_agent(json_writer& out, const agent_id& agent) {
  if (!agent.empty()) out.member("agentId", agent.value);
}

void put_transfer_to(json_writer& out, const std::string& number) {
  if (!number.empty()) out.member("transferTo", number);
}

void put_agents(json_writer& out, const std::vector<tenant::agent_choice>& agents) {
  if (agents.empty()) return;
  out.open_list("agents");
  for (const auto& choice : agents) {
    out.open_object();
    out.member("agentId", choice.agent.value);
    out.member("weight", choice.weight);
    if (!choice.variant.empty()) out.member("variant", choice.variant);
    out.close_object();
  }
  out.close_list();
}

void put_further_numbers(json_writer& out, const std::vector<tenant::number_choice>& numbers) {
  if (numbers.empty()) return;
  out.open_list("numbers");
  for (const auto& choice : numbers) {
    out.open_object();
    out.member("number", choice.number);
    out.member("language", choice.language);
    put_agent(out, choice.agent);
    out.close_object();
  }
  out.close_list();
}

void put_backup_agents(json_writer& out, const std::vector<agent_id>& agents) {
  if (agents.empty()) return;
  out.open_list("backupAgents");
  for (const auto& agent : agents) out.value(agent.value);
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

void put_opening(json_writer& out, const tenant::opening& span) {
  out.open_object();
  out.member("open", span.open);
  out.member("close", span.close);
  out.close_object();
}

void put_openings(json_writer& out, std::string_view key, const std::vector<tenant::opening>& spans) {
  out.key(key);
  if (spans.size() == 1) return put_opening(out, spans.front());
  out.open_list();
  for (const auto& span : spans) put_opening(out, span);
  out.close_list();
}

void put_holidays(json_writer& out, const std::vector<tenant::holiday>& holidays) {
  if (holidays.empty()) return;
  out.open_list("holidays");
  for (const auto& day : holidays) {
    out.open_object();
    out.member("date", day.date);
    if (!day.spans.empty()) put_openings(out, "hours", day.spans);
    out.close_object();
  }
  out.close_list();
}

void put_closed(json_writer& out, const tenant::closed_type& closed) {
  if (closed == tenant::closed_type{}) return;
  out.open_object("closed");
  out.member("action", to_string(closed.what));
  put_transfer_to(out, closed.transfer_to);
  put_agent(out, closed.agent);
  out.close_object();
}

void put_days(json_writer& out, const tenant::business_hours_type& hours) {
  out.member("timezone", hours.timezone);
  for (const auto day : tenant_rules::weekdays) {
    const auto found = hours.days.find(std::string{day});
    if (found != hours.days.end()) put_openings(out, day, found->second);
  }
  put_holidays(out, hours.holidays);
}

void put_business_hours(json_writer& out, const tenant::business_hours_type& hours) {
  out.open_object("businessHours");
  put_days(out, hours);
  put_closed(out, hours.closed);
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

void put_overflow(json_writer& out, const tenant::overflow_type& overflow) {
  if (overflow == tenant::overflow_type{}) return;
  out.open_object("overflow");
  out.member("action", to_string(overflow.what));
  put_transfer_to(out, overflow.transfer_to);
  put_agent(out, overflow.agent);
  if (overflow.seconds > 0) out.member("seconds", overflow.seconds);
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
  if (limits.caller_calls) {
    out.open_object("callerCalls");
    out.member("calls", limits.caller_calls->calls);
    out.member("seconds", limits.caller_calls->seconds);
    out.close_object();
  }
  out.member("reservedCalls", limits.reserved_calls);
  out.member("vendorCalls", limits.vendor_calls);
  if (limits.burst) out.member("burst", true);
  if (limits.when_unknown != tenant::when_unknown_type::admit)
    out.member("whenUnknown", to_string(limits.when_unknown));
  put_overflow(out, limits.overflow);
  out.close_object();
}

void put_rehearsal(json_writer& out, const std::optional<tenant::rehearsal_type>& rehearsal) {
  if (!rehearsal) return;
  out.open_object("rehearsal");
  out.member("failure", to_string(rehearsal->what));
  out.member("afterSeconds", rehearsal->after_seconds);
  put_numbers(out, "callers", rehearsal->callers);
  out.close_object();
}

void put_caller_rules(json_writer& out, const std::vector<tenant::caller_rule>& rules) {
  if (rules.empty()) return;
  out.open_list("callerRules");
  for (const auto& rule : rules) {
    out.open_object();
    out.member("name", rule.name);
    put_numbers(out, "callers", rule.callers);
    out.member("action", to_string(rule.what));
    put_agent(out, rule.agent);
    put_transfer_to(out, rule.transfer_to);
    out.close_object();
  }
  out.close_list();
}

void put_sentences(json_writer& out, const tenant::sentences_type& sentences) {
  if (sentences == tenant::sentences_type{}) return;
  out.open_object("sentences");
  out.member("language", sentences.language);
  out.member("voice", sentences.voice);
  for (const auto& [which, text] : sentences.texts) out.member(to_string(which), text);
  out.close_object();
}

void put_dead_air(json_writer& out, const std::optional<tenant::dead_air_type>& air) {
  if (!air) return;
  out.open_object("deadAir");
  out.member("sound", to_string(air->sound));
  out.member("afterMs", air->after_ms);
  out.close_object();
}

void put_retention(json_writer& out, const std::optional<tenant::retention_type>& kept) {
  if (!kept) return;
  out.open_object("retention");
  out.member("days", kept->days);
  out.member("transcriptDays", kept->transcript_days);
  out.member("audioDays", kept->audio_days);
  out.close_object();
}

void put_if(json_writer& out, std::string_view key, bool flag) {
  if (flag) out.member(key, true);
}

void put_settings(json_writer& out, const tenant& t) {
  out.open_object("settings");
  put_further_numbers(out, t.numbers);
  if (!t.agent.empty()) out.member("elevenLabsAgentId", t.agent.value);
  put_agents(out, t.agents);
  put_backup_agents(out, t.backup_agents);
  out.member("greeting", t.greeting);
  out.member("resumeGreeting", t.resume_greeting);
  out.member("prompt", t.prompt);
  out.member("language", t.language);
  out.member("voiceId", t.voice_id);
  put_variables(out, t.dynamic_variables);
  if (t.business_hours) put_business_hours(out, *t.business_hours);
  put_fallback(out, t.fallback);
  put_limits(out, t.limits);
  put_rehearsal(out, t.rehearsal);
  put_numbers(out, "blockedCallers", t.blocked_callers);
  put_caller_rules(out, t.caller_rules);
  put_sentences(out, t.sentences);
  out.member("record", t.record);
  put_tools(out, t.tools);
  put_transfer(out, t.transfer);
  put_outbound(out, t.outbound);
  put_webhooks(out, t.webhooks);
  put_if(out, "warmStart", t.warm_start);
  put_dead_air(out, t.dead_air);
  put_experiment(out, t.experiment);
  put_retention(out, t.retention);
  put_recording(out, t.recording);
  put_if(out, "maskDigits", t.mask_digits);
  put_if(out, "legacySignature", t.legacy_signature);
  out.close_object();
}

}  // namespace

std::string_view to_string(tenant::status_type status) noexcept {
  switch (status) {
    case tenant::status_type::pending: return "pending";
    case tenant::status_type::active: return "active";
    case tenant::status_type::suspended: return "suspended";
    case tenant::status_type::cancelled: return "cancelled";
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
    case tenant::rehearsal_type::failure::agent_silent: return "agentSilent";
  }
  return "agentDrop";
}

std::string_view to_string(tenant::action what) noexcept {
  switch (what) {
    case tenant::action::say: return "say";
    case tenant::action::transfer: return "transfer";
    case tenant::action::voicemail: return "voicemail";
    case tenant::action::agent: return "agent";
    case tenant::action::wait: return "wait";
    case tenant::action::block: return "block";
  }
  return "say";
}

std::string_view to_string(tenant::when_unknown_type what) noexcept {
  switch (what) {
    case tenant::when_unknown_type::admit: return "admit";
    case tenant::when_unknown_type::refuse: return "refuse";
  }
  return "admit";
}

std::string_view to_string(tenant::sentence which) noexcept {
  switch (which) {
    case tenant::sentence::closed: return "closed";
    case tenant::sentence::busy: return "busy";
    case tenant::sentence::suspended: return "suspended";
    case tenant::sentence::blocked: return "blocked";
    case tenant::sentence::unavailable: return "unavailable";
    case tenant::sentence::goodbye: return "goodbye";
    case tenant::sentence::connecting: return "connecting";
    case tenant::sentence::message: return "message";
    case tenant::sentence::wait: return "wait";
    case tenant::sentence::not_in_service: return "notInService";
  }
  return "unavailable";
}

std::string_view to_string(tenant::dead_air_type::sound_type what) noexcept {
  switch (what) {
    case tenant::dead_air_type::sound_type::soft: return "soft";
    case tenant::dead_air_type::sound_type::ticks: return "ticks";
  }
  return "soft";
}

std::vector<std::string> numbers_of(const tenant& t) {
  std::vector<std::string> numbers{t.phone_number};
  for (const auto& choice : t.numbers) numbers.push_back(choice.number);
  return numbers;
}

std::string to_json(const tenant::business_hours_type& hours) {
  std::string json;
  json_writer out(json);
  out.open_object();
  put_days(out, hours);
  out.close_object();
  return json;
}

std::string to_json(const tenant& t) {
  std::string json;
  json_writer out(json);
  out.open_object();
  out.member("id", t.id.value);
  out.member("name", t.name);
  out.member("status", to_string(t.status));
  if (!t.business_type.empty()) out.member("businessType", t.business_type);
  out.member("twilioPhoneNumber", t.phone_number);
  put_settings(out, t);
  put_secrets(out, t.secrets);
  out.close_object();
  return json;
}

}  // namespace tonris::model
