/// Redis admission's leases: told as long as the calls live, and given back at their end until Redis has heard it.
#include <algorithm>
#include <caf/error.hpp>
#include <caf/sec.hpp>
#include <utility>

#include "actors/admission/redis_admission.hpp"
#include "actors/telemetry/log.hpp"
#include "model/admission/tenant_limits.hpp"

namespace tonris::actors {

namespace {

constexpr std::size_t releases_at_once = 200;
constexpr std::chrono::seconds flush_limit{2};

}  // namespace

// --- who stays

/// Calls that this node knew before this process, or that came back: Redis is told of them before anybody comes in.
caf::result<month_levels> redis_admission::on(const renew_leases& told) {
  std::vector<model::call_sid> calls;
  bool is_new = false;
  for (const auto& one : told.calls) {
    const auto& held = shared().hear(one, now(), config_.counts.lease);
    note_booked(one.tenant, one.lease);
    if (held.lost) continue;
    calls.push_back(one.lease);
    if (held.epoch == 0) is_new = shared().untold.insert(one.lease).second || is_new;
  }
  (void)table().renew(rules_.booked_ahead(told.calls), rules_.month(), now());
  if (told.all_are_told && !std::exchange(shared().former_calls_told, true)) link_changed();
  rules_.count_what_rose();
  rules_.show_vendor_calls(now());
  if (!opened_ || barred_ || calls.empty()) {
    if (is_new) tell_untold();
    maybe_open();
    return levels_known(told);
  }
  auto to = make_response_promise<month_levels>();
  tell(calls, [this, to, told, calls](bool was_done) mutable {
    for (const auto& call : calls)
      if (!was_done && shared().leases.contains(call)) shared().untold.insert(call);
    to.deliver(levels_known(told));
    maybe_open();
  });
  return to;
}

void redis_admission::note_booked(const model::tenant_id& tenant, const model::call_sid& lease) {
  shared().booked.insert(tenant);
  writer_.changed(tenant, rules_.month(), lease);
}

/// By this node's sums and what it has last heard of the others'.
month_levels redis_admission::levels_known(const renew_leases& told) {
  std::vector<model::renewal_answer::of_tenant> sums;
  for (const auto& one : told.calls) {
    if (std::any_of(sums.begin(), sums.end(), [&](const auto& known) { return known.tenant == one.tenant; })) continue;
    const auto others = shared().elsewhere_of(one.tenant, rules_.month());
    auto month = table().month(one.tenant, rules_.month());
    month.seconds += others.month.seconds;
    month.microdollars += others.month.microdollars;
    sums.push_back({one.tenant, month, 0});
  }
  return admission_rules::levels_of(sums, told.calls);
}

/// `then` is told whether Redis knows them now.
void redis_admission::tell(std::vector<model::call_sid> calls, std::function<void(bool)> then) {
  std::vector<live_lease> as_of_now;
  std::vector<std::uint64_t> epochs;
  for (const auto& call : calls) {
    const auto held = shared().leases.find(call);
    if (held == shared().leases.end() || held->second.lost) continue;
    as_of_now.push_back(shared().now_is(held->second, now()));
    epochs.push_back(held->second.epoch);
  }
  auto renewals = rules_.booked_ahead(as_of_now);
  for (std::size_t n = 0; n < renewals.size(); ++n) renewals[n].epoch = epochs[n];
  counts_->renew(renewals, rules_.month(), [this, calls = std::move(calls), then = std::move(then)](const auto& said) {
    then(said && apply(calls, *said));
  });
}

bool redis_admission::apply(const std::vector<model::call_sid>& told, const redis_counts::renewed& said) {
  if (said.answer.lost) {
    opened_ = false;
    open();
    return false;
  }
  if (said.generation != shared().generation) open();
  for (const auto& call : told) shared().untold.erase(call);
  for (const auto& remark : said.answer.remarks) apply(remark);
  for (const auto& sums : said.answer.tenants) note_sums(sums);
  return true;
}

void redis_admission::apply(const model::renewal_answer::remark& remark) {
  using what = model::renewal_answer::remark::what;
  const auto held = shared().leases.find(remark.call);
  if (held == shared().leases.end()) return;  // it has ended meanwhile
  if (remark.is == what::epoch) {
    held->second.epoch = remark.epoch;
    return;
  }
  held->second.lost = true;
  const bool fenced = remark.is == what::fenced;
  rules_.counted().lost(fenced ? admission_metrics::loss::fenced : admission_metrics::loss::ended);
  log::warn("Call {call} is not counted any more: {why}",
            {{"call", remark.call}, {"why", fenced ? "another node has it" : "Redis says that it has ended"}});
}

/// What is not this node's is the others'.
void redis_admission::note_sums(const model::renewal_answer::of_tenant& sums) {
  auto& others = shared().note_elsewhere(sums.tenant);
  const auto own = table().month(sums.tenant, rules_.month());
  others.calls = sums.live - std::min(sums.live, table().live(sums.tenant, now()));
  others.of = rules_.month();
  others.month = {std::max<std::int64_t>(sums.month.seconds - own.seconds, 0),
                  std::max<std::int64_t>(sums.month.microdollars - own.microdollars, 0), 0};
}

/// In batches, so that no batch holds Redis for long; those that come up meanwhile go with the next.
void redis_admission::tell_untold() {
  if (telling_ > 0 || !opened_ || counts_->state() != redis_counts::link::ready) return;
  shared().forget_unheard(now());
  const auto all = shared().all_untold();
  telling_failed_ = false;
  telling_ = (all.size() + leases_a_renewal - 1) / leases_a_renewal;
  for (auto first = all.begin(); first != all.end();) {
    const auto last = first + std::min<std::ptrdiff_t>(leases_a_renewal, all.end() - first);
    tell({first, last}, [this](bool was_done) {
      telling_failed_ = telling_failed_ || !was_done;
      if (--telling_ == 0) told_all(telling_failed_);
    });
    first = last;
  }
  maybe_open();
}

void redis_admission::told_all(bool failed) {
  if (failed) return bar("Redis does not take the leases of live calls");
  barred_ = false;
  if (!shared().untold.empty()) return tell_untold();
  maybe_open();
}

// --- who goes

void redis_admission::on(const release_lease& what) {
  auto back = rules_.booked_in_all(what);
  rules_.leave_line(what);
  (void)table().release(back, now());
  rules_.show_vendor_calls(now());
  note_booked(what.tenant, what.lease);
  const auto held = shared().let_go(what.lease);
  if (held && held->lost) return;
  if (held && held->epoch > 0) back.epoch = held->epoch;
  // It may ask anew elsewhere: what Redis has of it, if anything, lapses.
  if (what.undo && !back.epoch) return;
  release_later(back);
}

void redis_admission::release_later(const model::lease_release& what) {
  if (!shared().release_later(what)) return rules_.counted().never_released();
  send_releases();
}

/// Each is told until Redis has answered it: told twice it is the same release.
void redis_admission::send_releases() {
  auto& unsent = shared().unsent;
  while (opened_ && !barred_ && releasing_ < releases_at_once && !unsent.empty()) {
    const auto call = unsent.front();
    unsent.pop_front();
    const auto what = shared().releases.find(call);
    if (what == shared().releases.end()) continue;
    ++releasing_;
    counts_->release(what->second, [this, call](const auto& verdict) {
      --releasing_;
      if (!verdict) return shared().unsent.push_back(call);  // look_after tries again
      shared().releases.erase(call);
      if (*verdict == model::release_verdict::lost) open();
      send_releases();
      if (shared().releases.empty())
        for (const auto& then : std::exchange(flushes_, {})) then();
    });
  }
}

// --- what is to be seen

caf::result<tenant_usage> redis_admission::on(const describe_usage& wanted) {
  auto to = make_response_promise<tenant_usage>();
  auto unavailable = [to]() mutable {
    to.deliver(caf::make_error(caf::sec::runtime_error, "Redis does not say what is used"));
  };
  if (!opened_) {
    unavailable();
    return to;
  }
  counts_->describe(wanted.tenant->id, model::vendor_of(*wanted.tenant), rules_.month(),
                    [this, to, unavailable, tenant = wanted.tenant](const auto& used) mutable {
                      if (!used) return unavailable();
                      auto usage = rules_.beside_counts(*tenant, now());
                      usage.calls = used->live;
                      usage.within_minute = used->within_minute;
                      usage.month = used->month;
                      usage.at_vendor = used->at_vendor;
                      to.deliver(usage);
                    });
  return to;
}

/// What is used is written down, and, where Redis answers, it knows of all ends.
caf::result<usage_flushed> redis_admission::flush() {
  auto to = make_response_promise<usage_flushed>();
  auto flushed = [to]() mutable { to.deliver(usage_flushed{}); };
  writer_.flush([this, flushed]() mutable {
    if (shared().releases.empty() || !opened_ || barred_) return flushed();
    flush_until_ = now() + flush_limit;
    flushes_.emplace_back(flushed);
  });
  return to;
}

}  // namespace tonris::actors
