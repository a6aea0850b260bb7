#include <set>
#include <utility>

#include "model/json/fields.hpp"
#include "model/phone/number.hpp"
#include "model/tenant/change.hpp"
#include "model/tenant/read_experiment.hpp"
#include "model/tenant/read_hours.hpp"
#include "model/tenant/read_numbers.hpp"
#include "model/tenant/read_outbound.hpp"
#include "model/tenant/read_recording.hpp"
#include "model/tenant/read_routes.hpp"
#include "model/tenant/read_secrets.hpp"
#include "model/tenant/read_tools.hpp"
#include "model/tenant/read_transfer.hpp"
#include "model/tenant/read_variables.hpp"
#include "model/tenant/read_webhooks.hpp"
#include "model/tenant/reader.hpp"
#include "model/tenant/rules.hpp"

namespace tonris::model {

namespace {

namespace rules = tenant_rules;

tenant::fallback_type read_fallback(json_fields& settings, json_mistakes& mistakes) {
  tenant::fallback_type fallback;
  settings.object("fallback", [&](json_fields& fields) {
    fallback.say = fields.text("say", rules::say);
    if (const auto* to = fields.any("transferTo")) {
      fallback.transfer_to = read_number(*to, fields.path_of("transferTo"), mistakes);
    }
    fallback.voicemail = fields.flag("voicemail").value_or(false);
  });
  return fallback;
}

tenant::limits_type read_limits(json_fields& settings, json_mistakes& mistakes) {
  constexpr std::uint32_t many = 100'000;
  constexpr std::uint32_t very_many = 100'000'000;
  tenant::limits_type limits;
  settings.object("limits", [&](json_fields& fields) {
    limits.max_concurrent_calls = fields.whole("maxConcurrentCalls", 1, many);
    limits.calls_per_minute = fields.whole("callsPerMinute", 1, many);
    limits.max_call_seconds = fields.whole("maxCallSeconds", rules::min_call_seconds, rules::max_call_seconds);
    limits.minutes_per_month = fields.whole("minutesPerMonth", 0, very_many);
    limits.cost_per_month = fields.number("costPerMonth", 0, very_many);
    fields.object("callerCalls", [&](json_fields& rate) {
      for (const auto* key : {"calls", "seconds"})
        if (rate.any(key) == nullptr) rate.refuse(key, "is missing");
      limits.caller_calls = tenant::caller_calls_type{rate.whole("calls", 1, many).value_or(1),
                                                      rate.whole("seconds", 1, rules::max_caller_seconds).value_or(1)};
    });
    limits.reserved_calls = fields.whole("reservedCalls", 0, many);
    limits.vendor_calls = fields.whole("vendorCalls", 1, many);
    limits.burst = fields.flag("burst").value_or(false);
    if (fields.text("whenUnknown", rules::when_unknown) == to_string(tenant::when_unknown_type::refuse))
      limits.when_unknown = tenant::when_unknown_type::refuse;
    limits.overflow = read_overflow(fields, mistakes);
  });
  return limits;
}

std::optional<tenant::rehearsal_type> read_rehearsal(json_fields& settings, json_mistakes& mistakes) {
  tenant::rehearsal_type rehearsal;
  const bool there = settings.object("rehearsal", [&](json_fields& fields) {
    rehearsal.what = rules::failure_of(fields.required_text("failure", rules::failure)).value_or(rehearsal.what);
    rehearsal.after_seconds =
        fields.whole("afterSeconds", 0, rules::max_rehearsal_seconds).value_or(rehearsal.after_seconds);
    rehearsal.callers = read_numbers(fields, "callers", rules::max_rehearsal_callers, mistakes);
    // Without a list everybody's call would be broken on purpose.
    if (rehearsal.callers.empty()) fields.refuse("callers", "must name at least one caller");
  });
  if (!there) return std::nullopt;
  return rehearsal;
}

std::optional<tenant::dead_air_type> read_dead_air(json_fields& settings) {
  tenant::dead_air_type air;
  const bool there = settings.object("deadAir", [&](json_fields& fields) {
    air.sound = rules::sound_of(fields.required_text("sound", rules::sound)).value_or(air.sound);
    air.after_ms = fields.whole("afterMs", rules::min_dead_air_ms, rules::max_dead_air_ms).value_or(air.after_ms);
  });
  if (!there) return std::nullopt;
  return air;
}

std::optional<tenant::retention_type> read_retention(json_fields& settings) {
  tenant::retention_type kept;
  const bool there = settings.object("retention", [&](json_fields& fields) {
    kept.days = fields.whole("days", 1, rules::max_retention_days).value_or(kept.days);
    kept.transcript_days = fields.whole("transcriptDays", 1, rules::max_retention_days);
    if (kept.transcript_days && *kept.transcript_days > kept.days)
      fields.refuse("transcriptDays", "must be at most days: what was said goes with the record");
    kept.audio_days = fields.whole("audioDays", 1, rules::max_retention_days);
    if (kept.audio_days && *kept.audio_days >= kept.days)
      fields.refuse("audioDays", "must be less than days: the record says where a recording lies");
  });
  if (!there) return std::nullopt;
  return kept;
}

void read_settings(json_fields& settings, tenant& t, const zone_check& zone_exists, json_mistakes& mistakes) {
  t.numbers = read_further_numbers(settings, mistakes);
  t.agent.value = settings.text("elevenLabsAgentId", rules::agent_id).value_or(std::string{});
  t.agents = read_agents(settings, mistakes);
  t.backup_agents = read_backup_agents(settings, mistakes);
  t.greeting = settings.text("greeting", rules::greeting);
  t.resume_greeting = settings.text("resumeGreeting", rules::greeting);
  t.prompt = settings.text("prompt", rules::prompt);
  t.language = settings.text("language", rules::language);
  t.voice_id = settings.text("voiceId", rules::voice_id);
  t.dynamic_variables = read_variables(settings, "dynamicVariables", rules::max_variables, mistakes);
  t.business_hours = read_business_hours(settings, zone_exists, mistakes);
  t.fallback = read_fallback(settings, mistakes);
  t.limits = read_limits(settings, mistakes);
  t.rehearsal = read_rehearsal(settings, mistakes);
  t.blocked_callers = read_numbers(settings, "blockedCallers", rules::max_blocked_callers, mistakes);
  t.caller_rules = read_caller_rules(settings, mistakes);
  t.sentences = read_sentences(settings);
  t.record = settings.flag("record").value_or(false);
  t.tools = read_tools(settings, mistakes);
  t.transfer = read_transfer(settings, mistakes);
  t.outbound = read_outbound(settings, mistakes);
  t.webhooks = read_webhooks(settings, mistakes);
  t.warm_start = settings.flag("warmStart").value_or(false);
  t.dead_air = read_dead_air(settings);
  t.experiment = read_experiment(settings);
  t.retention = read_retention(settings);
  t.recording = read_recording(settings);
  t.mask_digits = settings.flag("maskDigits").value_or(false);
  t.legacy_signature = settings.flag("legacySignature").value_or(false);
}

/// One number cannot be two.
void refuse_repeated_numbers(const tenant& t, json_mistakes& mistakes) {
  std::set<std::string> seen{meeting_form(t.phone_number)};
  for (std::size_t i = 0; i < t.numbers.size(); ++i) {
    const auto& number = t.numbers[i].number;
    if (!number.empty() && !seen.insert(meeting_form(number)).second)
      note(mistakes, "settings.numbers[" + std::to_string(i) + "].number", "is a number of this tenant already");
  }
}

}  // namespace

tenant read_tenant(const rapidjson::Value& value, const zone_check& zone_exists, json_mistakes& mistakes,
                   tenant_wish* wish) {
  tenant t;
  json_fields fields{value, "", mistakes};
  if (!value.IsObject()) return t;
  t.id.value = fields.required_text("id", rules::tenant_id);
  t.name = fields.required_text("name", rules::name);
  if (const auto status = fields.text("status", rules::status))
    t.status = rules::status_of(*status).value_or(tenant::status_type::active);
  t.business_type = fields.text("businessType", rules::business_type).value_or(std::string{});
  t.phone_number = as_e164(fields.required_text("twilioPhoneNumber", rules::phone_number),
                           fields.path_of("twilioPhoneNumber"), mistakes);
  fields.object("settings", [&](json_fields& settings) { read_settings(settings, t, zone_exists, mistakes); });
  t.secrets = read_secrets(fields, mistakes);
  if (wish) wish->attach = fields.flag("attach").value_or(false);
  fields.refuse_unknown();
  refuse_repeated_numbers(t, mistakes);
  refuse_without_variants(t, mistakes);
  refuse_without_secret(t, mistakes);
  return t;
}

tenant_error to_tenant_error(json_mistakes mistakes) {
  tenant_error error;
  for (auto& m : mistakes) error.mistakes.push_back({std::move(m.path), std::move(m.message)});
  static_cast<tenant_mistake&>(error) = error.mistakes.front();
  return error;
}

namespace {

tl::expected<tenant, tenant_error> parse(std::string_view json, const zone_check& zone_exists, tenant_wish* wish) {
  json_mistakes mistakes;
  rapidjson::Document document;
  if (parse_document(json, rules::max_tenant_bytes, document, mistakes)) {
    auto t = read_tenant(document, zone_exists, mistakes, wish);
    if (mistakes.empty()) return t;
  }
  return tl::unexpected(to_tenant_error(std::move(mistakes)));
}

}  // namespace

tl::expected<tenant, tenant_error> parse_tenant(std::string_view json, const zone_check& zone_exists) {
  return parse(json, zone_exists, nullptr);
}

tl::expected<wished_tenant, tenant_error> parse_tenant_request(std::string_view json, const zone_check& zone_exists) {
  tenant_wish wish;
  auto t = parse(json, zone_exists, &wish);
  if (!t) return tl::unexpected(std::move(t.error()));
  return wished_tenant{std::move(*t), wish};
}

}  // namespace tonris::model
