#include "actors/tenant/registry.hpp"

#include <algorithm>
#include <caf/send.hpp>
#include <utility>

#include "actors/runtime/ask.hpp"
#include "actors/runtime/guard.hpp"
#include "actors/telemetry/log.hpp"
#include "actors/tenant/metrics.hpp"
#include "model/phone/number.hpp"
#include "model/tenant/hours.hpp"

namespace tonris::actors {

tenant_registry_inside::behavior_type tenant_registrar(
    tenant_registry_inside::stateful_pointer<tenant_registry_state> self, tenant_registry_state::config settings) {
  return self->state.make_behavior(std::move(settings));
}

tenant_registry_inside::behavior_type tenant_registry_state::make_behavior(config settings) {
  config_ = std::move(settings);
  cache_ = tenant_cache{config_.cache};
  guard(self, *config_.counters);
  self->send(config_.store, watch_tenants{tenant_watcher{self}});
  return {
      [this](const find_tenant& m) { return on(m); },
      [this](const find_tenant_by_id& m) { return on(m); },
      [this](const tenant_store_began& m) {
        cache_.begin_life(m.announces);
        knows_all_numbers_ = m.numbers != nullptr;
        if (m.numbers) numbers_.begin(*m.numbers);
      },
      [this](const tenants_changed& m) {
        for (const auto& change : m.changes) {
          cache_.changed(change);
          if (knows_all_numbers_) numbers_.apply(change);
        }
      },
  };
}

/// Whether a caller's number is a tenant's matters less than his call.
bool tenant_registry_state::question::is_answered() const {
  return !parts[called].unknown && (parts[called].tenant || !parts[stand_in].unknown);
}

found_tenant tenant_registry_state::question::answer() const {
  const auto& sent_on_by = parts[forwarded_from].tenant;
  const auto& owner = parts[called].tenant;
  // Some carriers tell the called number itself as the one that sent the caller on.
  const bool sent_on = sent_on_by && !(owner && sent_on_by->id == owner->id);
  const auto& tenant = owner ? owner : parts[stand_in].tenant;
  return {tenant, parts[from].tenant || sent_on, tenant && !owner};
}

tenant_registry_state::answered tenant_registry_state::on(const find_tenant& wanted) {
  question asked;
  look_at(asked.parts[question::called], wanted.number);
  look_at(asked.parts[question::from], wanted.from);
  look_at(asked.parts[question::forwarded_from], wanted.forwarded_from);
  const auto& called = asked.parts[question::called];
  if (wanted.or_default && (!called.tenant || called.asks))
    look_at(asked.parts[question::stand_in], config_.default_tenant);
  return settle(std::move(asked));
}

tenant_registry_state::answered tenant_registry_state::on(const find_tenant_by_id& wanted) {
  question asked;
  look_at(asked.parts[question::called], wanted.id);
  return settle(std::move(asked));
}

/// A number that is at hand, or known to be nobody's, costs no question.
void tenant_registry_state::look_at(question::part& part, const std::string& number) {
  if (!model::is_e164(number)) return;
  if (const auto* const known = cache_.find_number(number); known && known->fresh) {
    part.tenant = known->tenant;
    return;
  }
  if (knows_all_numbers_) {
    if (const auto* const owner = numbers_.owner_of(number)) look_at(part, *owner);
    return;
  }
  part.form = model::meeting_form(number);
  const auto* const known = cache_.find_number(part.form);
  if (known) {
    part.tenant = known->tenant;
    part.id = known->tenant->id;
    part.asks = !known->fresh;
    return;
  }
  part.asks = !cache_.is_absent(part.form, self->clock().now());
}

void tenant_registry_state::look_at(question::part& part, const model::tenant_id& id) {
  if (id.empty()) return;
  part.id = id;
  const auto* const known = cache_.find(id);
  if (known) part.tenant = known->tenant;
  part.asks = !known || !known->fresh;
}

tenant_registry_state::answered tenant_registry_state::settle(question asked) {
  const auto asks = [](const question::part& part) { return part.asks; };
  if (std::ranges::none_of(asked.parts, asks)) return asked.answer();
  auto to = self->make_response_promise<found_tenant>();
  if (cache_.under_way() >= config_.max_look_ups) {
    config_.counters->of<tenant_store_metrics>().looked_up(tenant_store_metrics::look_up::refused);
    return to.deliver(caf::make_error(caf::sec::runtime_error, "too many tenants are being looked up"));
  }
  ask_store(std::move(asked), to);
  return to;
}

void tenant_registry_state::ask_store(question asked, caf::typed_response_promise<found_tenant> to) {
  look_up_tenants wanted;
  std::vector<std::string> forms;
  std::vector<model::tenant_id> ids;
  for (const auto& part : asked.parts) {
    if (!part.asks) continue;
    const auto* const known = part.id.empty() ? nullptr : cache_.find(part.id);
    wanted.wanted.push_back({part.form, part.form.empty() ? part.id : model::tenant_id{}, known ? known->etag : ""});
    if (!part.form.empty()) forms.push_back(part.form);
    if (!part.id.empty()) ids.push_back(part.id);
  }
  const auto under_way = cache_.begin(std::move(forms), std::move(ids));
  ask(self, config_.store, config_.patience, std::move(wanted))
      .then(
          [this, asked, to, under_way](looked_up_tenants& found) mutable {
            const bool keep = cache_.end(under_way);
            std::size_t next = 0;
            for (auto& part : asked.parts)
              if (part.asks) part.unknown = !take(part, std::move(found.found.at(next++)), keep, !found.is_whole);
            if (!asked.is_answered())
              return serve_without_store(
                  asked, to,
                  caf::make_error(caf::sec::runtime_error, "the tenant store has lost or spoiled its tenants"));
            config_.counters->of<tenant_store_metrics>().looked_up(tenant_store_metrics::look_up::in_store);
            to.deliver(asked.answer());
          },
          [this, asked, to, under_way](const caf::error& why) mutable {
            (void)cache_.end(under_way);
            for (auto& part : asked.parts) part.unknown = part.asks && !part.tenant;
            serve_without_store(asked, to, why);
          });
}

/// Who is at hand is served, and who is in the mirror.
void tenant_registry_state::serve_without_store(question asked, caf::typed_response_promise<found_tenant> to,
                                                const caf::error& why) {
  using look_up = tenant_store_metrics::look_up;
  const auto settle_with = [this, to, why](const question& now, look_up how) {
    auto promise = to;
    const bool known = now.is_answered();
    config_.counters->of<tenant_store_metrics>().looked_up(known ? how : look_up::failed);
    if (known)
      promise.deliver(now.answer());
    else
      promise.deliver(why);
  };
  look_up_tenants wanted;
  for (const auto& part : asked.parts)
    if (part.unknown) wanted.wanted.push_back({part.form, part.form.empty() ? part.id : model::tenant_id{}, {}});
  if (!config_.mirror || wanted.wanted.empty()) return settle_with(asked, look_up::stale);
  ask(self, config_.mirror, config_.mirror_patience, std::move(wanted))
      .then(
          [this, asked, settle_with](const looked_up_tenants& found) mutable {
            const bool was_known = asked.is_answered();
            std::size_t next = 0;
            for (auto& part : asked.parts) {
              if (!part.unknown) continue;
              const auto& copy = found.found.at(next++);
              if (copy.is == looked_up_tenant::outcome::found) part.tenant = parsed(copy.tenant);
              part.unknown = !part.tenant;
            }
            settle_with(asked, was_known ? look_up::stale : look_up::mirrored);
          },
          [asked, settle_with](const caf::error&) mutable { settle_with(asked, look_up::stale); });
}

/// On the disk's own time.
void tenant_registry_state::copy(const stored_tenant& fetched) {
  using copied = tenant_store_metrics::copy;
  if (!config_.mirror) return;
  const auto& counters = config_.counters->of<tenant_store_metrics>();
  if (copies_ >= config_.max_copies) return counters.copied(copied::dropped);
  ++copies_;
  const auto came = [this](copied what) {
    --copies_;
    config_.counters->of<tenant_store_metrics>().copied(what);
  };
  ask(self, config_.mirror, std::chrono::seconds{10}, keep_copy{fetched})
      .then([came](copy_kept) { came(copied::kept); }, [came](const caf::error&) { came(copied::failed); });
}

/// False: nobody knows. A store that has lost its tenants does not know who is nobody, and whose document cannot be
/// read is somebody.
bool tenant_registry_state::take(question::part& part, looked_up_tenant found, bool keep, bool is_lost) {
  switch (found.is) {
    case looked_up_tenant::outcome::nobody:
      if (is_lost) return part.tenant != nullptr;
      if (keep && part.tenant) cache_.drop(part.tenant->id);
      part.tenant = nullptr;
      if (keep && !part.form.empty()) cache_.put_absent(part.form, self->clock().now());
      break;
    case looked_up_tenant::outcome::unchanged:
      if (keep) cache_.verify(found.tenant.id, found.tenant.etag);
      break;
    case looked_up_tenant::outcome::found: {
      auto read = parsed(found.tenant);
      if (!read) return part.tenant != nullptr;
      part.tenant = std::move(read);
      copy(found.tenant);
      if (keep) cache_.put(part.tenant, std::move(found.tenant.etag));
      break;
    }
  }
  return true;
}

/// A newer version may have written what this one cannot read.
tenant_ptr tenant_registry_state::parsed(const stored_tenant& stored) const {
  auto read = model::parse_tenant(stored.json);
  if (read) {
    if (read->business_hours) model::load_time_zone(read->business_hours->timezone);  // not on a loop, later
    if (config_.seal)
      for (const auto& missing : open_secrets(read->secrets, read->id, *config_.seal))
        log::error("Tenant {tenant}: {secret} cannot be opened: SECRETS_KEY is another one",
                   {{"tenant", read->id}, {"secret", missing}});
    return std::make_shared<const model::tenant>(std::move(*read));
  }
  config_.counters->of<tenant_store_metrics>().unreadable();
  log::error("Tenant {tenant} cannot be read from the store: {path} {why}",
             {{"tenant", stored.id}, {"path", read.error().path}, {"why", read.error().message}});
  return nullptr;
}

}  // namespace tonris::actors
