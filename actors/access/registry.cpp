#include "actors/access/registry.hpp"

#include <utility>

#include "actors/access/audit_note.hpp"
#include "actors/access/metrics.hpp"
#include "actors/runtime/ask.hpp"
#include "actors/runtime/guard.hpp"

namespace tonris::actors {

access_registry::behavior_type run_access_registry(access_registry::stateful_pointer<access_registry_state> self,
                                                   access_registry_state::config settings) {
  return self->state.make_behavior(std::move(settings));
}

access_registry::behavior_type access_registry_state::make_behavior(config settings) {
  config_ = std::move(settings);
  guard(self, *config_.counters);
  return {
      [this](const check_api_key& wanted) { return check(wanted); },
      [this](const create_api_key& wanted) { return create(wanted); },
      [this](const revoke_api_keys& wanted) { return revoke(wanted); },
      [this](const list_api_keys& wanted) -> caf::result<listed_api_keys> {
        return self->delegate(config_.store, wanted);
      },
      [this](const note_change& wanted) -> caf::result<change_noted> {
        auto dated = wanted;
        if (dated.entry.at == model::audit_entry::time{}) dated.entry.at = config_.wall_clock();
        return self->delegate(config_.store, std::move(dated));
      },
      [this](const list_audit& wanted) -> caf::result<audit_page> { return self->delegate(config_.store, wanted); },
  };
}

// --- checking

caf::result<checked_api_key> access_registry_state::check(const check_api_key& wanted) {
  const auto id_in = model::api_key_id(wanted.text);
  if (!id_in) return checked_api_key{};
  const std::string id{*id_in};
  if (auto* const known = find(id)) {
    config_.counters->of<access_metrics>().looked_up(access_metrics::look_up::known);
    return verdict(wanted.text, id, known->key);
  }
  config_.counters->of<access_metrics>().looked_up(access_metrics::look_up::asked);
  auto promise = self->make_response_promise<checked_api_key>();
  ask(self, config_.store, store_limit, find_api_key{id})
      .then(
          [this, promise, id, text = wanted.text, changes = changes_,
           asked = self->clock().now()](const found_api_key& found) mutable {
            known_key key = found.key;
            promise.deliver(verdict(text, id, changes == changes_ ? remember(id, std::move(key), asked).key : key));
          },
          [promise](const caf::error& why) mutable { promise.deliver(why); });
  return promise;
}

checked_api_key access_registry_state::verdict(const std::string& text, const std::string& id, known_key& key) {
  if (!config_.digests->fits(text, key ? &*key : nullptr)) return {};
  const auto today = std::chrono::floor<std::chrono::days>(config_.wall_clock());
  if (key->last_used != today) {
    key->last_used = today;
    self->send(config_.store, mark_api_key_used{id, today});
  }
  return {model::principal{model::principal::kind::tenant, key->tenant, key->granted, id}};
}

access_registry_state::known_id* access_registry_state::find(const std::string& id) {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return nullptr;
  if (config_.remembers && self->clock().now() - found->second->asked >= *config_.remembers) return nullptr;
  known_.splice(known_.begin(), known_, found->second);
  return &known_.front();
}

access_registry_state::known_id& access_registry_state::remember(const std::string& id, known_key key, time asked) {
  forget(id);
  if (known_.size() >= max_known) forget(std::string{known_.back().id});
  known_.push_front({id, std::move(key), asked});
  by_id_.emplace(id, known_.begin());
  return known_.front();
}

void access_registry_state::forget(const std::string& id) {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return;
  known_.erase(found->second);
  by_id_.erase(found);
}

void access_registry_state::forget_tenant(const model::tenant_id& tenant) {
  for (auto one = known_.begin(); one != known_.end();) {
    if (!one->key || one->key->tenant != tenant) {
      ++one;
      continue;
    }
    by_id_.erase(one->id);
    one = known_.erase(one);
  }
}

// --- changing

caf::result<created_api_key> access_registry_state::create(const create_api_key& wanted) {
  using outcome = created_api_key::outcome;
  if (!config_.digests->can_make()) return created_api_key{outcome::no_secrets_key};
  created_api_key made;
  made.text = model::make_api_key(config_.random());
  auto& key = made.key;
  key.id = *model::api_key_id(made.text);
  key.tenant = wanted.tenant;
  key.name = wanted.name;
  key.granted = wanted.granted;
  key.created = config_.wall_clock();
  config_.digests->put_digest(made.text, key);
  auto entry = entry_of(wanted.by, "key.create", wanted.tenant, "", to_json(key));
  entry.at = key.created;
  auto promise = self->make_response_promise<created_api_key>();
  ask(self, config_.store, store_limit, add_api_key{key, std::move(entry)})
      .then(
          [this, promise, made](const added_api_key& added) mutable {
            ++changes_;
            forget(made.key.id);
            promise.deliver(added.too_many ? created_api_key{outcome::too_many} : std::move(made));
          },
          [promise](const caf::error& why) mutable { promise.deliver(why); });
  return promise;
}

/// Also where the store does not answer: it may have done it.
caf::result<removed_api_keys> access_registry_state::revoke(const revoke_api_keys& wanted) {
  const auto gone = wanted.id.empty() ? R"({"keyId":"all"})" : R"({"keyId":")" + wanted.id + "\"}";
  auto entry = entry_of(wanted.by, "key.revoke", wanted.tenant, gone);
  entry.at = config_.wall_clock();
  auto promise = self->make_response_promise<removed_api_keys>();
  const auto forget_them = [this, tenant = wanted.tenant] {
    ++changes_;
    forget_tenant(tenant);
  };
  ask(self, config_.store, store_limit, remove_api_keys{wanted.tenant, wanted.id, std::move(entry)})
      .then(
          [promise, forget_them](const removed_api_keys& removed) mutable {
            forget_them();
            promise.deliver(removed);
          },
          [promise, forget_them](const caf::error& why) mutable {
            forget_them();
            promise.deliver(why);
          });
  return promise;
}

}  // namespace tonris::actors
