#include "model/outbound/dials.hpp"

#include <algorithm>

namespace tonris::model {

namespace {

constexpr std::chrono::minutes minute{1};

std::string key_of(const dial_request& asked) {
  return asked.tenant.value + " " + asked.id;  // neither has a blank
}

std::string pair_of(const dial_request& asked) {
  return asked.from + " " + asked.to;
}

}  // namespace

dials::begun dials::begin(const dial& wanted, dial_verdict judged, const tenant::outbound_type& rules, time now) {
  expire(now);
  if (!wanted.asked.id.empty()) {
    if (const auto known = ids_.find(key_of(wanted.asked)); known != ids_.end()) {
      const auto* const before = dials_.find(known->second);
      return {dial_verdict::allowed, before, before->asked != wanted.asked};
    }
  }
  if (judged != dial_verdict::allowed) return {judged};
  if (is_being_called(wanted.asked)) return {dial_verdict::being_called};
  if (open_.size() >= most_open) return {dial_verdict::full};
  if (const auto verdict = count(wanted.asked.tenant, rules, now); verdict != dial_verdict::allowed) return {verdict};
  if (dials_.size() >= most) {
    drop_index(dials_.first_value());
    dials_.drop_first();
    ++forgotten_;
  }
  const auto& name = wanted.shown_by.value;
  auto& one = dials_.keep(name, now + kept_for).first;
  one = wanted;
  one.began = now;
  open_.put(name, now + ticket_life);
  without_call_.put(pair_of(one.asked), now + ticket_life);
  if (!one.asked.id.empty()) ids_.emplace(key_of(one.asked), name);
  return {};
}

void dials::placed(const ticket& shown, const call_sid& call) {
  if (auto* const one = dials_.find(shown.value)) (void)bind(*one, call);
}

void dials::is_unknown(const ticket& shown) {
  auto* const one = dials_.find(shown.value);
  if (one && one->state == dial::state_type::asking) one->state = dial::state_type::unknown;
}

void dials::looks_again(const ticket& shown) {
  auto* const one = dials_.find(shown.value);
  if (one && one->state == dial::state_type::unknown) one->state = dial::state_type::asking;
}

void dials::forget(const ticket& shown) {
  const auto* const one = dials_.find(shown.value);
  if (!one) return;
  drop_index(*one);
  dials_.drop(shown.value);
}

const dial* dials::redeem(const ticket& shown, const call_sid& call, time now) {
  auto* const one = report(shown, call, now);
  return one && now < one->began + ticket_life ? one : nullptr;
}

dial* dials::report(const ticket& shown, const call_sid& call, time now) {
  expire(now);
  auto* const one = dials_.find(shown.value);
  return one && bind(*one, call) ? one : nullptr;
}

std::size_t dials::open(time now) {
  expire(now);
  return open_.size();
}

bool dials::bind(dial& one, const call_sid& call) {
  if (one.call.empty()) {
    if (is_taken(call)) return false;
    one.call = call;
    one.state = dial::state_type::placed;
    calls_.emplace(call, one.shown_by.value);
    without_call_.drop(pair_of(one.asked));
  }
  return one.call == call;
}

/// Two such calls that Twilio does not answer for could not be told apart.
bool dials::is_being_called(const dial_request& wanted) const {
  return without_call_.contains(pair_of(wanted));
}

/// Null: too many tenants are counted, which none of the others' days is over yet.
dials::attempts* dials::attempts_of(const tenant_id& tenant, time now) {
  const auto known = attempts_.find(tenant);
  if (known != attempts_.end()) return &known->second;
  if (attempts_.size() >= most_tenants)
    std::erase_if(attempts_, [&](const auto& one) { return one.second.day_until <= now; });
  return attempts_.size() >= most_tenants ? nullptr : &attempts_[tenant];
}

/// A day begins with the first attempt, and lasts 24 h.
dial_verdict dials::count(const tenant_id& tenant, const tenant::outbound_type& rules, time now) {
  auto* const of = attempts_of(tenant, now);
  if (!of) return dial_verdict::full;
  while (!of->minute.empty() && of->minute.front() + minute <= now) of->minute.pop_front();
  if (of->day_until <= now) of->day = 0;
  if (of->minute.size() >= rules.per_minute) return dial_verdict::too_many_a_minute;
  if (of->day >= rules.per_day) return dial_verdict::too_many_a_day;
  of->minute.push_back(now);
  if (of->day++ == 0) of->day_until = now + kept_for;
  return dial_verdict::allowed;
}

void dials::drop_index(const dial& gone) {
  open_.drop(gone.shown_by.value);
  if (!gone.asked.id.empty()) ids_.erase(key_of(gone.asked));
  if (gone.call.empty())
    without_call_.drop(pair_of(gone.asked));
  else
    calls_.erase(gone.call);
}

void dials::expire(time now) {
  open_.expire(now);
  without_call_.expire(now);
  while (!dials_.empty() && dials_.first_time() <= now) {
    drop_index(dials_.first_value());
    dials_.drop_first();
  }
}

}  // namespace tonris::model
