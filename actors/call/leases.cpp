/// The call supervisor's leases: the places that its calls hold with admission, renewed as long as they are known, and
/// given back once at their end.
#include <algorithm>
#include <iterator>
#include <utility>

#include "actors/call/supervisor.hpp"
#include "actors/runtime/ask.hpp"
#include "model/call/costing.hpp"

namespace tonris::actors {

namespace {

constexpr std::chrono::seconds admission_limit{2};

}  // namespace

/// Of a lifeline that no actor uses.
live_lease call_supervisor_state::lease_now(const call_lifeline& life) const {
  return {model::lease_of(life.state), life.state.record.tenant, life.tenant,
          held_for(life.state, life.clock.at(now())), who_dialled(life.state.record)};
}

void call_supervisor_state::hold_lease(const model::call_sid& call) {
  if (config_.who_may_come) renewals_.put(call.value, now() + lease_renewal_period);
}

/// What this life of the supervisor has found in the table.
void call_supervisor_state::hold_leases() {
  table().each_live([&](const live_entry& call) { hold_lease(call.life->state.record.call); });
  table().each_dormant([&](const model::call_sid& call, const dormant_entry&) { hold_lease(call); });
}

/// Each call in its own time, so that those of many calls are not one piece of work that a new caller waits for.
void call_supervisor_state::renew_leases_that_are_due() {
  std::vector<live_lease> due;
  std::vector<std::string> held;
  renewals_.expire(now() + renewal_tick, [&](const std::string& call) {
    if (auto lease = find_lease({call})) {
      if (!lease->tenant.empty()) due.push_back(*std::move(lease));
      held.push_back(call);
    }
  });
  for (const auto& call : held) hold_lease({call});
  renew(std::move(due), false);
}

/// All at once: with them admission knows every place that is held here.
void call_supervisor_state::tell_all_leases() {
  if (!config_.who_may_come) return;
  std::vector<live_lease> all;
  const auto add = [&](live_lease lease) {
    if (!lease.tenant.empty()) all.push_back(std::move(lease));
  };
  table().each_live([&](const live_entry& call) { add(lease_now(call)); });
  table().each_dormant([&](const model::call_sid&, const dormant_entry& call) { add(lease_now(*call.life)); });
  hold_leases();
  renew(std::move(all), true);
}

std::optional<live_lease> call_supervisor_state::find_lease(const model::call_sid& call) {
  if (const auto* const live = table().find_live(call)) return lease_now(*live);
  if (const auto* const dormant = table().find_dormant(call)) return lease_now(*dormant->life);
  return std::nullopt;
}

live_lease call_supervisor_state::lease_now(const live_entry& call) const {
  auto lease = call.lease;
  lease.so_far += std::chrono::ceil<std::chrono::seconds>(now() - call.lease_as_of);
  return lease;
}

/// In batches, so that nobody who asks to come in waits for all of them.
void call_supervisor_state::renew(std::vector<live_lease> leases, bool all_are_told) {
  for (std::size_t from = 0; from < leases.size() || all_are_told; from += leases_a_renewal) {
    const auto to = std::min(from + leases_a_renewal, leases.size());
    renew_leases batch;
    batch.calls.assign(std::make_move_iterator(leases.begin() + static_cast<std::ptrdiff_t>(from)),
                       std::make_move_iterator(leases.begin() + static_cast<std::ptrdiff_t>(to)));
    batch.all_are_told = all_are_told && to == leases.size();
    const bool last = batch.all_are_told;
    auto told = std::vector<model::call_sid>{};
    for (const auto& one : batch.calls) told.push_back(model::call_of(one.lease));
    ask(self, config_.who_may_come, admission_limit, std::move(batch))
        .then([this, told = std::move(told)](const month_levels& levels) { tell_of_months(levels, told); },
              [](const caf::error&) {});
    if (last) break;
  }
}

/// Each call is among those told once a renewal: no other has to be looked for.
void call_supervisor_state::tell_of_months(const month_levels& levels, const std::vector<model::call_sid>& told) {
  if (levels.tenants.empty()) return;
  for (const auto& sid : told) {
    const auto* const call = table().find_live(sid);
    if (!call) continue;
    for (const auto& [tenant, level] : levels.tenants)
      if (call->lease.tenant == tenant) self->send(call->call, month_spent{tenant, level});
  }
}

/// The call has ended: `life` has its end.
void call_supervisor_state::give_back(const call_lifeline& life) {
  const auto& record = life.state.record;
  if (!config_.who_may_come || record.tenant.empty()) return;
  const auto length = held_for(life.state, record.ended.value_or(life.clock.at(now())));
  self->send(
      config_.who_may_come,
      release_lease{model::lease_of(life.state), record.tenant, length, false, {}, life.tenant, who_dialled(record)});
}

/// It was let in, and is not taken all the same.
void call_supervisor_state::give_back(const start_call& untaken) {
  if (!config_.who_may_come || !untaken.tenant) return;  // one that admission let in too late has a place, too
  self->send(config_.who_may_come, release_lease{untaken.request.call, untaken.tenant->id, std::chrono::seconds{0},
                                                 true, model::twilio::person_of(untaken.request), untaken.tenant});
}

/// Where admission cannot say: does the tenant have room, by the calls that are here?
bool call_supervisor_state::has_room(const model::tenant& tenant) {
  if (!tenant.limits.max_concurrent_calls) return true;
  std::uint32_t calls = 0;
  table().each_live([&](const live_entry& call) { calls += call.lease.tenant == tenant.id; });
  table().each_dormant(
      [&](const model::call_sid&, const dormant_entry& call) { calls += call.life->state.record.tenant == tenant.id; });
  return calls < *tenant.limits.max_concurrent_calls;
}

}  // namespace tonris::actors
