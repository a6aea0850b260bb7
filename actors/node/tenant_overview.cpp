#include "actors/node/tenant_overview.hpp"

#include <algorithm>
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
constexpr std::chrono::milliseconds tell_wait{100};
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
  if (config_.copy) self->delayed_send(self, caf::timespan{patience}, read_overview_of_copy{});
  return {
      [this](const tenant_store_began& m) {
        is_whole_ = m.numbers != nullptr || !m.believed.empty();
        read_all();
      },
      [this](const tenants_changed& m) { read_changed(m.changes); },
      [this](read_overview_again) {
        reads_again_ = false;
        read_all();
      },
      [this](read_overview_of_copy) { read_copy({}); },
      [this](tell_overview) {
        tells_ = false;
        tell();
      },
  };
}

void tenant_overview_state::read_all() {
  read_.emplace();
  read_page({}, ++reading_);
}

void tenant_overview_state::read_page(const model::tenant_id& after, std::uint64_t reading) {
  ask(self, config_.store, answer_limit, read_tenant_page{after, page_size})
      .then(
          [this, reading](const tenant_page_read& read) {
            if (reading != reading_) return;  // another one has begun
            for (const auto& tenant : read.page.tenants) {
              if (auto its = facts_of(tenant))
                read_->insert_or_assign(tenant.id, *std::move(its));
              else
                known_.erase(tenant.id);  // is there, and nothing is to be told of it any more
            }
            if (read.page.last.empty()) return all_read();
            read_page(read.page.last, reading);
          },
          [this, reading](const caf::error&) {
            if (reading == reading_) read_again_later();
          });
}

/// Whom a store that has lost tenants does not have is known from before.
void tenant_overview_state::all_read() {
  auto read = *std::exchange(read_, std::nullopt);
  if (!is_whole_) read.merge(known_);
  known_ = std::move(read);
  if (std::exchange(has_read_all_, true)) return tell_soon();
  tell();
}

/// Better than nothing, and than refusing the calls of tenants that this node has served.
void tenant_overview_state::read_copy(const model::tenant_id& after) {
  if (has_read_all_) return;
  ask(self, config_.copy, answer_limit, read_tenant_page{after, page_size})
      .then(
          [this](const tenant_page_read& read) {
            if (has_read_all_) return;
            for (const auto& tenant : read.page.tenants)
              if (auto its = facts_of(tenant)) known_.insert_or_assign(tenant.id, *std::move(its));
            if (!read.page.last.empty()) return read_copy(read.page.last);
            tell_of_reserved();
            tell_of_accounts();
          },
          [](const caf::error&) {});
}

void tenant_overview_state::read_again_later() {
  if (!std::exchange(reads_again_, true)) self->delayed_send(self, retry_wait, read_overview_again{});
}

void tenant_overview_state::read_changed(const std::vector<tenant_change>& changes) {
  look_up_tenants wanted;
  for (const auto& change : changes) wanted.wanted.push_back({"", change.id, ""});
  ask(self, config_.store, answer_limit, wanted)
      .then(
          [this, wanted](const looked_up_tenants& looked) {
            for (std::size_t i = 0; i < looked.found.size(); ++i)
              take(looked.found[i], wanted.wanted[i].id, looked.is_whole);
            tell_soon();
          },
          [this](const caf::error&) { read_again_later(); });
}

/// The reading of all that is under way may have passed it already.
void tenant_overview_state::take(const looked_up_tenant& found, const model::tenant_id& id, bool is_whole) {
  const bool is_there = found.is == looked_up_tenant::outcome::found;
  if (!is_there && !is_whole) return;
  auto its = is_there ? facts_of(found.tenant) : std::nullopt;
  for (auto* const all : {&known_, read_ ? &*read_ : nullptr}) {
    if (all == nullptr) continue;
    if (its)
      all->insert_or_assign(id, *its);
    else
      all->erase(id);
  }
}

/// Whom this version cannot read has nothing reserved. Nothing: there is nothing to tell of it.
std::optional<tenant_overview_state::facts> tenant_overview_state::facts_of(const stored_tenant& stored) const {
  auto read = model::parse_tenant(stored.json);
  if (!read) return std::nullopt;
  facts its;
  // What a key of its own allows is nobody else's anyway.
  if (model::vendor_of(*read) == model::shared_vendor_key) its.reserved = read->limits.reserved_calls.value_or(0);
  its.missing_keys = open(*read);
  if (!read->secrets.account.empty()) its.holder = holder_of(*read);
  its.retention = read->retention;
  const bool has_any =
      its.reserved > 0 || !its.missing_keys.empty() || !its.holder.account.empty() || its.retention.has_value();
  if (!has_any && read->id != config_.default_tenant) return std::nullopt;
  return its;
}

/// What cannot be opened counts as missing: by which keys it was sealed.
std::vector<std::string> tenant_overview_state::open(model::tenant& tenant) const {
  for (const auto& missing : open_secrets(tenant.secrets, tenant.id, *config_.seal))
    log::error("Tenant {tenant}: {secret} cannot be opened: SECRETS_KEY is another one",
               {{"tenant", tenant.id}, {"secret", missing}});
  return model::sealing_keys_of(tenant.secrets);
}

void tenant_overview_state::tell_missing_keys() const {
  std::set<std::string> names;
  std::size_t wanting = 0;
  for (const auto& [id, its] : known_) {
    names.insert(its.missing_keys.begin(), its.missing_keys.end());
    if (!its.missing_keys.empty()) ++wanting;
  }
  std::string all;
  for (const auto& one : names) all.append(all.empty() ? "" : ", ").append(one);
  config_.trouble(all.empty() ? ""
                              : "secrets of " + std::to_string(wanting) +
                                    " tenants are sealed with keys that SECRETS_KEY does not have: " + all);
}

/// A thousand changes at once are told of once.
void tenant_overview_state::tell_soon() {
  if (has_read_all_ && !std::exchange(tells_, true)) self->delayed_send(self, tell_wait, tell_overview{});
}

void tenant_overview_state::tell() {
  tell_missing_keys();
  tell_of_reserved();
  tell_of_accounts();
  tell_of_default();
  tell_of_retention();
}

/// In order, so that the store sees when nothing has changed.
void tenant_overview_state::tell_of_retention() {
  keep_records_for all;
  for (const auto& [id, its] : known_) {
    if (!its.retention) continue;
    const auto& kept = *its.retention;
    all.rules.push_back(
        {id, std::chrono::days{kept.days}, std::chrono::days{kept.transcript_days.value_or(kept.days)}});
  }
  std::ranges::sort(all.rules, {}, [](const auto& one) { return one.tenant.value; });
  if (config_.calls) self->send(config_.calls, std::move(all));
}

void tenant_overview_state::tell_of_accounts() {
  std::vector<account_holder> holders;
  for (const auto& [id, its] : known_)
    if (!its.holder.account.empty()) holders.push_back(its.holder);
  config_.accounts->publish(tokens_of(std::move(holders)));
}

void tenant_overview_state::tell_of_reserved() {
  reserve_places all;
  std::uint64_t sum = 0;
  for (const auto& [tenant, its] : known_) {
    if (its.reserved == 0) continue;
    all.tenants.emplace_back(tenant, its.reserved);
    sum += its.reserved;
  }
  if (config_.vendor_calls > 0 && sum > config_.vendor_calls)
    log::warn(
        "The tenants reserve {reserved} conversations, and ELEVENLABS_MAX_CALLS is {calls}: not all of them are kept",
        {{"reserved", sum}, {"calls", config_.vendor_calls}});
  self->send(config_.who_may_come, std::move(all));
}

/// Said once, as long as it is the same.
void tenant_overview_state::tell_of_default() {
  if (config_.default_tenant.empty()) return;
  const std::string why = known_.contains(config_.default_tenant) ? "" : "DEFAULT_TENANT is no tenant";
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
