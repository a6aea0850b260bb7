#include "actors/admission/redis_books.hpp"

namespace tonris::actors {

redis_books::held_lease& redis_books::hear(live_lease lease, time now, std::chrono::milliseconds until) {
  heard_until.put(lease.lease.value, now + until);
  auto& held = leases[lease.lease];
  held.told = std::move(lease);
  held.as_of = now;
  return held;
}

std::optional<redis_books::held_lease> redis_books::let_go(const model::call_sid& call) {
  heard_until.drop(call.value);
  untold.erase(call);
  auto held = leases.extract(call);
  if (held.empty()) return std::nullopt;
  return std::move(held.mapped());
}

void redis_books::forget_unheard(time now) {
  heard_until.expire(now, [this](const std::string& call) {
    untold.erase({call});
    leases.erase({call});
  });
}

live_lease redis_books::now_is(const held_lease& held, time now) const {
  auto lease = held.told;
  lease.so_far += std::chrono::floor<std::chrono::seconds>(now - held.as_of);
  return lease;
}

std::vector<model::call_sid> redis_books::all_untold() const {
  return {untold.begin(), untold.end()};
}

bool redis_books::release_later(const model::lease_release& what) {
  if (releases.size() >= max_releases) return false;
  const auto& call = what.of.call;
  if (releases.insert_or_assign(call, what).second) unsent.push_back(call);
  return true;
}

void redis_books::send_all_again() {
  unsent.clear();
  for (const auto& [call, what] : releases) unsent.push_back(call);
}

redis_books::elsewhere redis_books::elsewhere_of(const model::tenant_id& tenant, model::usage_month month) const {
  const auto place = others.find(tenant);
  if (place == others.end()) return {0, {}, month};
  auto known = place->second;
  if (known.of != month) known.month = {};
  return known;
}

redis_books::elsewhere& redis_books::note_elsewhere(const model::tenant_id& tenant) {
  if (others.size() >= max_others && !others.contains(tenant)) others.erase(others.begin());
  return others[tenant];
}

}  // namespace tonris::actors
