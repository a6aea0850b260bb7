/// The doctor's look at how the gateway is set up.
#include <sys/stat.h>

#include "actors/store/tenants_file.hpp"
#include "config/time_zones.hpp"
#include "model/doctor/settings.hpp"
#include "tools/ctl/doctor_areas.hpp"

namespace tonris::ctl {

namespace {

/// What is no file, /dev/null say, holds nothing.
bool others_may_read(const std::string& file) {
  struct stat about {};
  constexpr mode_t of_others = S_IRGRP | S_IROTH;
  return ::stat(file.c_str(), &about) == 0 && S_ISREG(about.st_mode) && (about.st_mode & of_others) != 0;
}

void look_at_tenants_file(const std::string& file, model::doctor::settings_facts& facts) {
  if (file.empty()) return;
  const auto read = actors::read_tenants_file(file);
  if (!read) {
    facts.tenants_file_failure = read.error();
    return;
  }
  for (const auto& one : read->mistakes) facts.tenants_file_mistakes.push_back(to_string(one));
}

model::doctor::tenant_facts facts_of(const model::tenant& one) {
  model::doctor::tenant_facts facts{one.id.value, std::string{to_string(one.status)}, {}, {}};
  const auto& limits = one.limits;
  const auto look = [&facts](const auto& limit, const char* name) {
    if (limit && *limit == 0) facts.zero_limits.emplace_back(name);
  };
  look(limits.max_concurrent_calls, "maxConcurrentCalls");
  look(limits.calls_per_minute, "callsPerMinute");
  look(limits.minutes_per_month, "minutesPerMonth");
  look(limits.cost_per_month, "costPerMonth");
  if (one.rehearsal) facts.rehearses = to_string(one.rehearsal->what);
  return facts;
}

}  // namespace

findings look_at_settings(const patient& p, const remaining_time&) {
  const auto& s = p.settings;
  model::doctor::settings_facts facts;
  facts.mistakes = p.mistakes;
  for (const auto name : s.not_yet) facts.not_acted_on.emplace_back(name);
  facts.has_admin_token = !s.admin_token.empty();
  facts.has_callback_secret = !s.elevenlabs_webhook_secrets.empty();
  facts.has_secrets_key = !s.secrets_key.empty();
  if (others_may_read(p.env_file)) facts.open_env_file = p.env_file;
  look_at_tenants_file(s.tenants_file, facts);
  for (const auto& one : p.tenants) facts.tenants.push_back(facts_of(one));
  facts.has_time_zones = config::has_time_zones();
  return judge(facts);
}

}  // namespace tonris::ctl
