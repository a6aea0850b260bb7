#include "model/admission/table.hpp"

#include <algorithm>
#include <utility>

namespace tonris::model {

namespace {

using verdict = admission_verdict;

std::string member(const tenant_id& tenant, const call_sid& call) {
  return tenant.value + "|" + call.value;
}
tenant_id tenant_in(const std::string& member) {
  return {member.substr(0, member.find('|'))};
}

/// Whoever has none left is not in the map.
void take_one(std::map<tenant_id, std::uint64_t>& from, const tenant_id& tenant) {
  const auto place = from.find(tenant);
  if (place != from.end() && --place->second == 0) from.erase(place);
}

std::uint64_t value_of(const std::map<tenant_id, std::uint64_t>& in, const tenant_id& tenant) {
  const auto place = in.find(tenant);
  return place == in.end() ? 0 : place->second;
}

admission_answer refused(verdict why, std::uint64_t met) {
  return {why, 0, met, false, {}};
}

}  // namespace

// --- who may come in

admission_answer admission_table::admit(const admission_place& who, const admission_limits& limits, time now) {
  sweep(now);
  auto* known = leases_.find(who.call.value);
  if (known && known->ended) return refused(verdict::ended, 0);
  auto& counts = tenants_[who.tenant];
  if (known && counts.live.contains(who.call.value)) {
    counts.live.put_off(who.call.value, now + config_.lease);
    return {verdict::ok, known->epoch, counts.live.size(), true, {}};
  }
  if (young_until_ && now < *young_until_) return refused(verdict::young, 0);
  if (auto why = refusal(who, limits, counts, now)) return *why;
  if (limits.vendor_calls > 0) {
    auto& at = vendors_[who.vendor];
    if (at.calls.put(member(who.tenant, who.call), now + config_.lease)) ++at.by_tenant[who.tenant];
  }
  const auto live = counts.live.size() + 1;
  counts.live.put(who.call.value, now + config_.lease);
  if (limits.calls_per_minute > 0) counts.minute.put(who.call.value, now);
  if (limits.caller_calls > 0 && !who.caller.empty()) note_caller(who, limits.caller_window, now);
  auto& held = keep(who.call, now);
  if (!known) {
    auto& booked = counts.months[who.month];
    ++booked.calls;
    booked.seconds += slice_seconds;
    held.seconds = slice_seconds;
  }
  return {verdict::ok, ++held.epoch, live, false, {}};
}

std::optional<admission_answer> admission_table::refusal(const admission_place& who, const admission_limits& limits,
                                                         tenant_counts& counts, time now) {
  counts.live.expire(now);
  if (counts.live.size() >= limits.calls) return refused(verdict::concurrency, counts.live.size());
  if (limits.caller_calls > 0 && !who.caller.empty()) {
    if (auto* const caller = callers_.find(caller_key(who))) {
      caller->calls.expire(now - limits.caller_window);
      if (caller->calls.size() >= limits.caller_calls) return refused(verdict::caller, caller->calls.size());
    }
  }
  if (limits.calls_per_minute > 0) {
    counts.minute.expire(now - config_.minute);
    if (counts.minute.size() >= limits.calls_per_minute) return refused(verdict::rate, counts.minute.size());
  }
  const auto booked = month(who.tenant, who.month);
  const auto seconds = static_cast<std::uint64_t>(std::max<std::int64_t>(booked.seconds, 0));
  const auto microdollars = static_cast<std::uint64_t>(std::max<std::int64_t>(booked.microdollars, 0));
  if (limits.month_seconds > 0 && seconds >= limits.month_seconds) return refused(verdict::minutes, seconds);
  if (limits.month_microdollars > 0 && microdollars >= limits.month_microdollars)
    return refused(verdict::cost, microdollars);
  if (limits.vendor_calls == 0) return std::nullopt;
  auto& at = vendors_[who.vendor];
  if (has_place(at, who.tenant, limits.vendor_calls, now)) return std::nullopt;
  return refused(verdict::vendor, at.calls.size());
}

/// Below its own reservation a tenant always has one; others have what nobody has reserved and does not use.
bool admission_table::has_place(vendor_counts& at, const tenant_id& tenant, std::uint64_t limit, time now) const {
  const auto total = held_at(at, now);
  if (total >= limit) return false;
  if (value_of(at.by_tenant, tenant) < value_of(at.reserved, tenant)) return true;
  std::uint64_t unused = 0;
  for (const auto& [other, reserved] : at.reserved) {
    const auto used = value_of(at.by_tenant, other);
    if (other != tenant && reserved > used) unused += reserved - used;
  }
  return total + unused < limit;
}

std::uint64_t admission_table::held_at(vendor_counts& at, time now) const {
  at.calls.expire(now, [&](const std::string& gone) { take_one(at.by_tenant, tenant_in(gone)); });
  return at.calls.size();
}

// --- who stays

renewal_answer admission_table::renew(const std::vector<lease_renewal>& calls, usage_month month, time now) {
  sweep(now);
  using what = renewal_answer::remark::what;
  renewal_answer answer;
  const auto till = now + config_.lease;
  for (const auto& call : calls) {
    auto* known = leases_.find(call.call.value);
    if (known && known->ended) {
      answer.remarks.push_back({what::ended, call.call});
      continue;
    }
    if (known && call.epoch != 0 && known->epoch != call.epoch) {
      answer.remarks.push_back({what::fenced, call.call});
      continue;
    }
    auto& held = keep(call.call, now);
    if (!known) held.epoch = call.epoch == 0 ? 1 : call.epoch;
    if (call.epoch == 0) answer.remarks.push_back({what::epoch, call.call, held.epoch});
    auto& counts = tenants_[call.tenant];
    counts.live.put(call.call.value, till);
    if (!call.vendor.empty()) {
      auto& at = vendors_[call.vendor];
      if (at.calls.put(member(call.tenant, call.call), till)) ++at.by_tenant[call.tenant];
    }
    auto& booked = counts.months[month];
    booked.seconds += std::max<std::int64_t>(call.seconds - held.seconds, 0);
    booked.microdollars += std::max<std::int64_t>(call.microdollars - held.microdollars, 0);
    held.seconds = std::max(held.seconds, call.seconds);
    held.microdollars = std::max(held.microdollars, call.microdollars);
    const auto is_here = [&](const auto& one) { return one.tenant == call.tenant; };
    if (std::none_of(answer.tenants.begin(), answer.tenants.end(), is_here))
      answer.tenants.push_back({call.tenant, {}});
  }
  for (auto& of : answer.tenants) {
    of.month = this->month(of.tenant, month);
    of.live = tenants_[of.tenant].live.size();
  }
  return answer;
}

// --- who goes

release_verdict admission_table::release(const lease_release& what, time now) {
  sweep(now);
  const auto& who = what.of;
  auto* known = leases_.find(who.call.value);
  if (known && known->ended) return release_verdict::again;
  if (known && what.epoch && known->epoch != *what.epoch) return release_verdict::fenced;
  auto& counts = tenants_[who.tenant];
  counts.live.drop(who.call.value);
  leave(who.vendor, who.tenant, who.call);
  if (known) {
    auto& booked = counts.months[who.month];
    booked.seconds += what.seconds - known->seconds;
    booked.microdollars += what.microdollars - known->microdollars;
    if (what.undo) {
      counts.minute.drop(who.call.value);
      if (auto* const caller = callers_.find(caller_key(who))) caller->calls.drop(who.call.value);
      --booked.calls;
      if (what.epoch) {  // nothing of it is on its way any more: it may ask anew, elsewhere
        leases_.drop(who.call.value);
        return release_verdict::ok;
      }
    }
  }
  auto& ended = keep(who.call, now);
  ended.ended = true;
  ended.seconds = what.seconds;
  ended.microdollars = what.microdollars;
  return release_verdict::ok;
}

void admission_table::leave(const std::string& vendor, const tenant_id& tenant, const call_sid& call) {
  const auto at = vendors_.find(vendor);
  if (at != vendors_.end() && at->second.calls.drop(member(tenant, call))) take_one(at->second.by_tenant, tenant);
}

// --- what is remembered, and how long

admission_table::lease& admission_table::keep(const call_sid& call, time now) {
  auto& held = leases_.keep(call.value, now + config_.settle).first;
  crowd_out(leases_, max_ended);
  return held;
}

void admission_table::note_caller(const admission_place& who, std::chrono::milliseconds window, time now) {
  auto& caller = callers_.keep(caller_key(who), now).first;
  caller.calls.put(who.call.value, now);
  caller.window = window;
  crowd_out(callers_, max_callers);
}

template <class Value>
void admission_table::crowd_out(timed_map<Value>& from, std::size_t most) {
  for (; from.size() > most; ++crowded_out_) from.drop_first();
}

/// A caller whose window is over may stay behind one with a longer window: his calls are over all the same.
void admission_table::sweep(time now) {
  leases_.expire(now);
  while (!callers_.empty() && callers_.first_time() + callers_.first_value().window <= now) callers_.drop_first();
}

std::string admission_table::caller_key(const admission_place& who) {
  return who.tenant.value + "|" + who.caller;
}

void admission_table::reserve(const std::string& vendor, const tenant_id& tenant, std::uint64_t calls) {
  auto& reserved = vendors_[vendor].reserved;
  if (calls == 0)
    reserved.erase(tenant);
  else
    reserved[tenant] = calls;
}

void admission_table::forget_reservations(const std::string& vendor) {
  vendors_[vendor].reserved.clear();
}

void admission_table::restore(const tenant_id& tenant, usage_month month, const month_sums& booked) {
  tenants_[tenant].months[month] = booked;
}

void admission_table::restore(const call_sid& call, std::int64_t seconds, std::int64_t microdollars, time now) {
  keep(call, now) = {1, seconds, microdollars, false};
}

// --- what is known

std::uint64_t admission_table::live(const tenant_id& tenant, time now) {
  const auto place = tenants_.find(tenant);
  if (place == tenants_.end()) return 0;
  place->second.live.expire(now);
  return place->second.live.size();
}

std::uint64_t admission_table::within_minute(const tenant_id& tenant, time now) {
  const auto place = tenants_.find(tenant);
  if (place == tenants_.end()) return 0;
  place->second.minute.expire(now - config_.minute);
  return place->second.minute.size();
}

std::uint64_t admission_table::at_vendor(const std::string& vendor, time now) {
  const auto place = vendors_.find(vendor);
  return place == vendors_.end() ? 0 : held_at(place->second, now);
}

month_sums admission_table::month(const tenant_id& tenant, usage_month month) const {
  const auto place = tenants_.find(tenant);
  if (place == tenants_.end()) return {};
  const auto booked = place->second.months.find(month);
  return booked == place->second.months.end() ? month_sums{} : booked->second;
}

std::optional<month_sums> admission_table::booked(const call_sid& call) const {
  const auto* const held = leases_.find(call.value);
  if (!held || held->ended) return std::nullopt;
  return month_sums{held->seconds, held->microdollars, 1};
}

}  // namespace tonris::model
