/// The call supervisor's leases: the places that its calls hold with admission, renewed as long as they are known, and
/// given back once at their end.
#include <algorithm>
#include <utility>

#include "actors/call/supervisor.hpp"
#include "actors/runtime/ask.hpp"

namespace tonris::actors {

namespace {

constexpr std::chrono::seconds admission_limit{2};

/// Since its place is held.
std::chrono::seconds so_far(const model::call_checkpoint& state, model::call_record::time at) {
  const auto since = state.returned.value_or(state.record.started);
  return std::max(std::chrono::ceil<std::chrono::seconds>(at - since), std::chrono::seconds{0});
}

}  // namespace

/// Of a lifeline that no actor uses.
live_lease call_supervisor_state::lease_now(const call_lifeline& life) const {
  return {model::lease_of(life.state), life.state.record.tenant, life.tenant, so_far(life.state, life.clock.at(now()))};
}

/// In batches, so that nobody who asks to come in waits for all of them.
void call_supervisor_state::renew_leases_of_calls(bool all_are_told) {
  if (!config_.who_may_come) return;
  std::vector<renew_leases> batches(1);
  const auto add = [&](live_lease lease) {
    if (lease.tenant.empty()) return;
    if (batches.back().calls.size() == leases_a_renewal) batches.emplace_back();
    batches.back().calls.push_back(std::move(lease));
  };
  table().each_live([&](const live_entry& call) {
    auto lease = call.lease;
    lease.so_far += std::chrono::ceil<std::chrono::seconds>(now() - call.lease_as_of);
    add(std::move(lease));
  });
  table().each_dormant([&](const model::call_sid&, const dormant_entry& call) { add(lease_now(*call.life)); });
  batches.back().all_are_told = all_are_told;
  for (auto& batch : batches)
    if (!batch.calls.empty() || batch.all_are_told)
      ask(self, config_.who_may_come, admission_limit, std::move(batch))
          .then([this](const month_levels& levels) { tell_of_months(levels); }, [](const caf::error&) {});
}

void call_supervisor_state::tell_of_months(const month_levels& levels) {
  for (const auto& [tenant, level] : levels.tenants)
    table().each_live([&, of = &tenant, at = level](live_entry& call) {
      if (call.lease.tenant == *of) self->send(call.call, month_spent{*of, at});
    });
}

/// The call has ended: `life` has its end.
void call_supervisor_state::give_back(const call_lifeline& life) {
  const auto& record = life.state.record;
  if (!config_.who_may_come || record.tenant.empty()) return;
  const auto length = so_far(life.state, record.ended.value_or(life.clock.at(now())));
  self->send(config_.who_may_come,
             release_lease{model::lease_of(life.state), record.tenant, length, false, {}, life.tenant});
}

/// It was let in, and is not taken all the same.
void call_supervisor_state::give_back(const start_call& untaken) {
  if (!config_.who_may_come || untaken.unadmitted || !untaken.tenant) return;
  self->send(config_.who_may_come, release_lease{untaken.request.call, untaken.tenant->id, std::chrono::seconds{0},
                                                 true, untaken.request.from, untaken.tenant});
}

/// Where admission cannot say: does the tenant have room, by the calls that are here?
bool call_supervisor_state::has_room(const model::tenant& tenant) {
  if (!tenant.limits.max_concurrent_calls) return true;
  std::uint32_t calls = 0;
  table().each_live([&](const live_entry& call) { calls += call.lease.tenant == tenant.id; });
  return calls < *tenant.limits.max_concurrent_calls;
}

}  // namespace tonris::actors
