#include "model/outbound/dials.hpp"

#include <algorithm>
#include <utility>

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

dials::begun dials::find_before(const dial_request& asked) const {
  if (asked.id.empty()) return {};
  const auto known = ids_.find(key_of(asked));
  if (known == ids_.end()) return {};
  const auto* const before = dials_.find(known->second);
  return {dial_verdict::allowed, before, before->asked != asked};
}

dials::begun dials::begin(const dial& wanted, dial_verdict judged, const tenant::outbound_type& rules, time now) {
  expire(now);
  if (auto known = find_before(wanted.asked); known.before != nullptr) return known;
  if (judged != dial_verdict::allowed) return {judged};
  if (is_being_called(wanted.asked)) return {dial_verdict::being_called};
  if (open_.size() >= most_open) return {dial_verdict::full};
  if (const auto verdict = count(wanted.asked.tenant, rules, now); verdict != dial_verdict::allowed) return {verdict};
  begun answer;
  answer.forgot = make_room();
  auto& one = dials_.keep(wanted.shown_by.value, now + kept_for).first;
  one = wanted;
  one.began = now;
  put_index(one);
  return answer;
}

std::optional<dial> dials::make_room() {
  if (dials_.size() < most) return std::nullopt;
  auto gone = dials_.first_value();
  drop_index(gone);
  dials_.drop_first();
  ++forgotten_;
  return gone;
}

void dials::restore(dial former, time now) {
  expire(now);
  if (former.began + kept_for <= now || dials_.contains(former.shown_by.value)) return;
  if (!former.call.empty() && is_taken(former.call)) return;
  (void)make_room();  // somebody may be on the line with this one
  if (former.state == dial::state_type::asking) former.state = dial::state_type::unknown;
  auto& one = dials_.keep(former.shown_by.value, former.began + kept_for).first;
  one = std::move(former);
  put_index(one);
  open_.expire(now);
  without_call_.expire(now);
}

void dials::restore(dial_attempts former, time now) {
  auto* const of = attempts_of(former.tenant, now);
  if (of && of->minute.empty() && of->day == 0) *of = std::move(former);
}

void dials::placed(const ticket& shown, const call_sid& call) {
  if (auto* const one = dials_.find(shown.value)) (void)bind(*one, call);
}

void dials::is_unknown(const ticket& shown) {
  auto* const one = dials_.find(shown.value);
  if (one && one->state == dial::state_type::asking) one->state = dial::state_type::unknown;
  if (one) sort(*one);
}

void dials::looks_again(const ticket& shown) {
  auto* const one = dials_.find(shown.value);
  if (one && one->state == dial::state_type::unknown) one->state = dial::state_type::asking;
  if (one) sort(*one);
}

void dials::forget(const ticket& shown) {
  const auto* const one = dials_.find(shown.value);
  if (!one) return;
  drop_index(*one);
  dials_.drop(shown.value);
}

const dial* dials::redeem(const ticket& shown, const call_sid& call, time now) {
  auto* const one = report(shown, call, now);
  if (!one || now >= one->began + ticket_life) return nullptr;
  one->answered = true;
  one->elsewhere = one->sent_on = false;
  sort(*one);
  return one;
}

void dials::is_elsewhere(const ticket& shown) {
  auto* const one = dials_.find(shown.value);
  if (!one || one->answered) return;
  one->answered = one->elsewhere = true;
  sort(*one);
}

void dials::sent_on(const ticket& shown) {
  auto* const one = dials_.find(shown.value);
  if (!one) return;
  one->sent_on = one->answered;
  one->answered = one->elsewhere = false;
  sort(*one);
}

void dials::is_over(const ticket& shown) {
  auto* const one = dials_.find(shown.value);
  if (!one) return;
  one->over = true;
  sort(*one);
}

void dials::hang_up(const ticket& shown) {
  if (auto* const one = dials_.find(shown.value)) one->hung_up = true;
}

const dial* dials::find(const call_sid& call) const {
  const auto known = calls_.find(call);
  return known == calls_.end() ? nullptr : dials_.find(known->second);
}

std::vector<dial> dials::unsettled(time now) const {
  std::vector<dial> all;
  for (const auto& name : ringing_) all.push_back(*dials_.find(name));
  for (const auto& name : unknown_)
    if (const auto& one = *dials_.find(name); now < one.began + ticket_life) all.push_back(one);
  return all;
}

std::vector<ticket> dials::followed() const {
  std::vector<ticket> all;
  for (const auto* some : {&asking_, &ringing_, &unknown_, &here_})
    for (const auto& name : *some) all.push_back({name});
  return all;
}

std::size_t dials::coming(time now) const {
  const auto is_good = [&](const std::string& name) { return now < dials_.find(name)->began + ticket_life; };
  return static_cast<std::size_t>(std::ranges::count_if(asking_, is_good) + std::ranges::count_if(ringing_, is_good));
}

const dial_attempts* dials::attempts_of(const tenant_id& tenant) const {
  const auto known = attempts_.find(tenant);
  return known == attempts_.end() ? nullptr : &known->second;
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
    sort(one);
  }
  return one.call == call;
}

/// Two such calls that Twilio does not answer for could not be told apart.
bool dials::is_being_called(const dial_request& wanted) const {
  return without_call_.contains(pair_of(wanted));
}

/// Null: too many tenants are counted, which none of the others' days is over yet.
dial_attempts* dials::attempts_of(const tenant_id& tenant, time now) {
  const auto known = attempts_.find(tenant);
  if (known != attempts_.end()) return &known->second;
  if (attempts_.size() >= most_tenants)
    std::erase_if(attempts_, [&](const auto& one) { return one.second.day_until <= now; });
  if (attempts_.size() >= most_tenants) return nullptr;
  auto& fresh = attempts_[tenant];
  fresh.tenant = tenant;
  return &fresh;
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

void dials::put_index(const dial& one) {
  const auto& name = one.shown_by.value;
  open_.put(name, one.began + ticket_life);
  if (!one.asked.id.empty()) ids_.emplace(key_of(one.asked), name);
  if (one.call.empty())
    without_call_.put(pair_of(one.asked), one.began + ticket_life);
  else
    calls_.emplace(one.call, name);
  sort(one);
}

void dials::sort(const dial& one) {
  const auto put = [&name = one.shown_by.value](std::set<std::string>& all, bool belongs) {
    if (belongs)
      all.insert(name);
    else
      all.erase(name);
  };
  put(asking_, one.call.empty() && one.state == dial::state_type::asking);
  put(ringing_, rings(one));
  put(unknown_, one.call.empty() && one.state == dial::state_type::unknown);
  put(here_, is_here(one) && !one.over);
}

void dials::drop_index(const dial& gone) {
  asking_.erase(gone.shown_by.value);
  ringing_.erase(gone.shown_by.value);
  unknown_.erase(gone.shown_by.value);
  here_.erase(gone.shown_by.value);
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
