#include "actors/node/tenant_overview.hpp"

#include <chrono>
#include <set>
#include <utility>

#include "actors/runtime/ask.hpp"
#include "actors/runtime/guard.hpp"
#include "actors/telemetry/log.hpp"
#include "model/admission/tenant_limits.hpp"
#include "model/tenant/reseal.hpp"

namespace tonris::actors {

namespace {

constexpr std::chrono::seconds answer_limit{5}, retry_wait{1};
constexpr std::size_t page_size = 200;  // what one message takes of an actor's time: about 10 ms

}  // namespace

tenant_overview_actor::behavior_type oversee_tenants(
    tenant_overview_actor::stateful_pointer<tenant_overview_state> self, tenant_overview_state::config settings) {
  return self->state.make_behavior(std::move(settings));
}

tenant_overview_actor::behavior_type tenant_overview_state::make_behavior(config settings) {
  config_ = std::move(settings);
  guard(self, *config_.counters);
  self->send(config_.store, watch_tenants{tenant_watcher{self}});
  return {
      [this](const tenant_store_began&) { read_all(); },
      [this](const tenants_changed& m) { read_changed(m.changes); },
      [this](read_overview_again) { read_all(); },
  };
}

void tenant_overview_state::read_all() {
  reserved_.clear();
  accounts_.clear();
  default_is_there_ = false;
  missing_.clear();
  read_page({}, ++reading_);
}

void tenant_overview_state::read_page(const model::tenant_id& after, std::uint64_t reading) {
  ask(self, config_.store, answer_limit, read_tenant_page{after, page_size})
      .then(
          [this, reading](const tenant_page_read& read) {
            if (reading != reading_) return;  // another one has begun
            for (const auto& tenant : read.page.tenants) take(tenant);
            if (read.page.last.empty()) return tell();
            read_page(read.page.last, reading);
          },
          [this, reading](const caf::error&) {
            if (reading == reading_) self->delayed_send(self, retry_wait, read_overview_again{});
          });
}

void tenant_overview_state::read_changed(const std::vector<tenant_change>& changes) {
  look_up_tenants wanted;
  for (const auto& change : changes) wanted.wanted.push_back({"", change.id, ""});
  ask(self, config_.store, answer_limit, wanted)
      .then(
          [this, wanted](const looked_up_tenants& looked) {
            for (std::size_t i = 0; i < looked.found.size(); ++i) {
              forget(wanted.wanted[i].id);
              if (looked.found[i].is == looked_up_tenant::outcome::found) take(looked.found[i].tenant);
            }
            tell();
          },
          [this](const caf::error&) { self->delayed_send(self, retry_wait, read_overview_again{}); });
}

/// Whom this version cannot read has nothing reserved.
void tenant_overview_state::take(const stored_tenant& stored) {
  auto read = model::parse_tenant(stored.json);
  if (!read) return;
  if (read->id == config_.default_tenant) default_is_there_ = true;
  // What a key of its own allows is nobody else's anyway.
  if (read->limits.reserved_calls.value_or(0) > 0 && model::vendor_of(*read) == model::shared_vendor_key)
    reserved_[read->id] = *read->limits.reserved_calls;
  open(*read);
  if (read->secrets.account.empty()) return;
  model::tenant account;
  account.id = read->id;
  account.secrets = std::move(read->secrets);
  accounts_[account.id] = std::move(account);
}

/// What cannot be opened counts as missing.
void tenant_overview_state::open(model::tenant& tenant) {
  for (const auto& missing : open_secrets(tenant.secrets, tenant.id, *config_.seal))
    log::error("Tenant {tenant}: {secret} cannot be opened: SECRETS_KEY is another one",
               {{"tenant", tenant.id}, {"secret", missing}});
  if (auto keys = model::sealing_keys_of(tenant.secrets); !keys.empty()) missing_[tenant.id] = std::move(keys);
}

void tenant_overview_state::forget(const model::tenant_id& tenant) {
  reserved_.erase(tenant);
  accounts_.erase(tenant);
  missing_.erase(tenant);
  if (tenant == config_.default_tenant) default_is_there_ = false;
}

void tenant_overview_state::tell_missing_keys() const {
  std::set<std::string> names;
  for (const auto& [tenant, keys] : missing_) names.insert(keys.begin(), keys.end());
  std::string all;
  for (const auto& one : names) all.append(all.empty() ? "" : ", ").append(one);
  config_.trouble(all.empty() ? ""
                              : "secrets of " + std::to_string(missing_.size()) +
                                    " tenants are sealed with keys that SECRETS_KEY does not have: " + all);
}

void tenant_overview_state::tell() {
  tell_missing_keys();
  reserve_places all;
  all.tenants.assign(reserved_.begin(), reserved_.end());
  std::uint64_t sum = 0;
  for (const auto& [tenant, calls] : all.tenants) sum += calls;
  if (config_.vendor_calls > 0 && sum > config_.vendor_calls)
    log::warn(
        "The tenants reserve {reserved} conversations, and ELEVENLABS_MAX_CALLS is {calls}: not all of them are kept",
        {{"reserved", sum}, {"calls", config_.vendor_calls}});
  self->send(config_.who_may_come, std::move(all));
  std::vector<model::tenant> with_account;
  for (const auto& [id, tenant] : accounts_) with_account.push_back(tenant);
  config_.accounts->publish(tokens_of(with_account));
  tell_of_default();
}

/// Said once, as long as it is the same.
void tenant_overview_state::tell_of_default() {
  if (config_.default_tenant.empty()) return;
  const std::string why = default_is_there_ ? "" : "DEFAULT_TENANT is no tenant";
  if (default_told_ == why) return;
  const bool was_told = std::exchange(default_told_, why).has_value();
  if (!why.empty())
    log::error("DEFAULT_TENANT {tenant} is no tenant: calls to numbers that nobody has hear a sentence",
               {{"tenant", config_.default_tenant}});
  else if (was_told)
    log::info("DEFAULT_TENANT {tenant} is there, and answers calls to numbers that nobody has",
              {{"tenant", config_.default_tenant}});
  config_.default_trouble(why);
}

}  // namespace tonris::actors
