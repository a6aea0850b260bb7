#include "model/doctor/settings.hpp"

#include <algorithm>

namespace tonris::model::doctor {

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
  for (const auto& name : facts.not_acted_on) out.push_back(found("setting_not_acted_on", {{"name", name}}));
  const bool is_well = std::ranges::all_of(out, [](const auto& one) { return one.is == severity::note; });
  if (is_well) out.push_back(found("settings_good"));
  return out;
}

}  // namespace tonris::model::doctor
