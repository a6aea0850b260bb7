#include "actors/node/departed_keys.hpp"

#include <algorithm>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <chrono>
#include <cstddef>
#include <utility>
#include <vector>

#include "actors/runtime/ask.hpp"
#include "actors/store/access_database.hpp"
#include "actors/telemetry/log.hpp"
#include "model/access/departed_keys.hpp"

namespace tonris::actors {

namespace {

constexpr std::chrono::seconds patience{5};
constexpr std::size_t looked_up_at_once = 100;

/// Nobody, where the store does not say.
std::vector<model::tenant_id> departed_among(caf::actor_system& system, const tenant_store& tenants,
                                             const std::vector<model::tenant_id>& ids) {
  std::vector<model::tenant_id> gone;
  caf::scoped_actor self{system};
  for (std::size_t from = 0; from < ids.size(); from += looked_up_at_once) {
    look_up_tenants wanted;
    for (std::size_t i = from; i < std::min(from + looked_up_at_once, ids.size()); ++i)
      wanted.wanted.push_back({"", ids[i], ""});
    self->request(tenants, patience, wanted)
        .receive(
            [&](const looked_up_tenants& found) {
              for (std::size_t i = 0; i < found.found.size(); ++i)
                if (found.is_whole && found.found[i].is == looked_up_tenant::outcome::nobody)
                  gone.push_back(wanted.wanted[i].id);
            },
            [](const caf::error&) {});
  }
  return gone;
}

void complain(const model::tenant_id& tenant) {
  log::error("The keys of tenant {tenant}, who is removed, could not be revoked", {{"tenant", tenant}});
}

}  // namespace

void revoke_departed_keys(caf::actor_system& system, const std::string& data_dir, const tenant_store& tenants) {
  auto db = access_database::open(data_dir);
  if (!db) return;  // whoever opens it next says why
  const auto holders = db->tenants_with_keys();
  if (!holders) return log::error("The store of keys cannot be read: {why}", {{"why", holders.error().line}});
  for (const auto& tenant : departed_among(system, tenants, *holders)) {
    if (db->remove_keys_of(tenant, model::keys_gone_with(tenant, std::chrono::system_clock::now())))
      log::info("The keys of tenant {tenant}, who is removed, are revoked", {{"tenant", tenant}});
    else
      complain(tenant);
  }
}

void revoke_keys_of(caf::actor_system& system, const access_registry& access, const model::tenant_id& tenant) {
  system.spawn([access, tenant](caf::event_based_actor* self) {
    ask(self, access, patience, revoke_api_keys{model::principal{}, tenant, {}})
        .then([](const removed_api_keys&) {}, [tenant](const caf::error&) { complain(tenant); });
  });
}

}  // namespace tonris::actors
