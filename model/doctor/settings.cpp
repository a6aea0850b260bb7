#include "model/doctor/settings.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

namespace tonris::model::doctor {

namespace {

constexpr std::size_t most_named = 10;

/// "a, b and 3 more"
std::string listed(const std::vector<std::string>& ids) {
  std::string text;
  for (std::size_t i = 0; i < std::min(ids.size(), most_named); ++i) text.append(i == 0 ? "" : ", ").append(ids[i]);
  if (ids.size() > most_named) text.append(" and ").append(std::to_string(ids.size() - most_named)).append(" more");
  return text;
}

void judge_tenants(const std::vector<tenant_facts>& tenants, findings& out) {
  std::vector<std::string> not_active;
  for (const auto& one : tenants) {
    if (one.status != "active") not_active.push_back(one.id + " (" + one.status + ")");
    for (const auto& limit : one.zero_limits)
      out.push_back(found("limit_is_zero", {{"tenant", one.id}, {"limit", limit}}));
    if (!one.rehearses.empty())
      out.push_back(found("failure_rehearsed", {{"tenant", one.id}, {"failure", one.rehearses}}));
  }
  if (!not_active.empty()) out.push_back(found("tenants_not_active", {{"tenants", listed(not_active)}}));
}

}  // namespace

findings judge(const settings_facts& facts) {
  findings out;
  for (const auto& line : facts.mistakes) out.push_back(found("setting_wrong", {{"line", line}}));
  if (!facts.has_admin_token) out.push_back(found("admin_token_missing"));
  if (!facts.has_callback_secret) out.push_back(found("callback_secret_missing"));
  if (!facts.has_secrets_key) out.push_back(found("secrets_key_missing"));
  if (!facts.open_env_file.empty()) out.push_back(found("env_file_open", {{"file", facts.open_env_file}}));
  if (!facts.tenants_file_failure.empty())
    out.push_back(found("tenants_file_unreadable", {{"why", facts.tenants_file_failure}}));
  for (const auto& one : facts.tenants_file_mistakes) out.push_back(found("tenants_file_mistake", {{"mistake", one}}));
  if (!facts.has_time_zones) out.push_back(found("no_time_zones"));
  judge_tenants(facts.tenants, out);
  for (const auto& name : facts.not_acted_on) out.push_back(found("setting_not_acted_on", {{"name", name}}));
  const bool is_well = std::ranges::all_of(out, [](const auto& one) { return one.is == severity::note; });
  if (is_well) out.push_back(found("settings_good"));
  return out;
}

}  // namespace tonris::model::doctor
