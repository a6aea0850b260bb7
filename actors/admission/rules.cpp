#include "actors/admission/rules.hpp"

#include <algorithm>
#include <utility>

#include "model/admission/tenant_limits.hpp"
#include "model/admission/waiting_line.hpp"
#include "model/phone/number.hpp"

namespace tonris::actors {

namespace {

/// Whose key a call holds a place of; where nobody knows, the one that is short.
std::string vendor_of_call(const tenant_ptr& settings) {
  return settings ? model::vendor_of(*settings) : std::string{model::shared_vendor_key};
}

}  // namespace

using model::admission_verdict;

admission_rules::admission_rules(config settings) : config_(std::move(settings)) {
  counted().vendor_limit.set(static_cast<double>(config_.vendor_calls));
}

// --- who may come in

/// Whoever withholds his number, or has none that could be dialled, is nobody to be told apart from others.
std::string admission_rules::hash_of(const std::string& caller) const {
  const auto number = model::number_in(caller);
  return number ? config_.hash_caller(*number) : std::string{};
}

model::admission_place admission_rules::place_of(const admit_call& who) const {
  return {who.call, who.tenant->id, model::vendor_of(*who.tenant), hash_of(who.caller), month()};
}

model::admission_limits admission_rules::limits_for(const model::tenant& t) const noexcept {
  return model::limits_of(t, config_.vendor_calls);
}

model::admission_limits admission_rules::limits_behind_line(const admit_call& who, time now) {
  return model::behind(limits_for(*who.tenant), config_.books->line.before(who.tenant->id, who.call, now));
}

std::optional<model::admission_limits> admission_rules::limits_at_overflow_agent(const admit_call& who,
                                                                                 admission_verdict met) const {
  if (met != admission_verdict::concurrency) return std::nullopt;
  if (who.tenant->limits.overflow.what != model::tenant::action::agent) return std::nullopt;
  auto wider = limits_for(*who.tenant);
  wider.calls *= 2;
  return wider;
}

admitted admission_rules::come_in(const admit_call& who, admission_metrics::way how) {
  config_.books->line.leave(who.tenant->id, who.call);
  counted().let_in(how);
  admitted said{admitted::answer::come_in, admission_verdict::ok, {}};
  if (how == admission_metrics::way::overflow) said.instead = who.tenant->limits.overflow.agent;
  return said;
}

admitted admission_rules::turn_away(const admit_call& who, admission_verdict why, time now) {
  const auto& overflow = who.tenant->limits.overflow;
  auto& line = config_.books->line;
  counted().refused(why);
  const bool may_wait = overflow.what == model::tenant::action::wait && model::is_worth_waiting(why) &&
                        who.waited < std::chrono::seconds{overflow.seconds};
  if (may_wait && line.join(who.tenant->id, who.call, now)) {
    counted().told_to_wait();
    return {admitted::answer::wait, why, {}};
  }
  line.leave(who.tenant->id, who.call);
  return {admitted::answer::refused, why, {}};
}

// --- who stays, and who goes

std::vector<model::lease_renewal> admission_rules::booked_ahead(const std::vector<live_lease>& calls) const {
  const auto& rates = config_.rates.at(config_.wall_clock());
  std::vector<model::lease_renewal> renewals;
  renewals.reserve(calls.size());
  for (const auto& one : calls) {
    const auto ahead = (one.so_far + lease_renewal_period).count();
    renewals.push_back(
        {one.lease, one.tenant, vendor_of_call(one.settings), 0, ahead, model::cost_of(rates, ahead, one.dialled)});
  }
  return renewals;
}

void admission_rules::leave_line(const release_lease& gone) {
  config_.books->line.give_up(gone.tenant, gone.lease);
}

model::lease_release admission_rules::booked_in_all(const release_lease& what) const {
  model::lease_release back;
  back.of = {what.lease, what.tenant, vendor_of_call(what.settings), what.undo ? hash_of(what.caller) : std::string{},
             month()};
  back.undo = what.undo;
  if (what.undo) return back;
  back.seconds = what.length.count();
  back.microdollars = model::cost_of(config_.rates.at(config_.wall_clock()), back.seconds, what.dialled);
  return back;
}

month_levels admission_rules::levels_of(const std::vector<model::renewal_answer::of_tenant>& sums,
                                        const std::vector<live_lease>& calls) {
  month_levels levels;
  for (const auto& of : sums) {
    const auto settings = std::find_if(calls.begin(), calls.end(),
                                       [&](const live_lease& one) { return one.tenant == of.tenant && one.settings; });
    if (settings == calls.end()) continue;
    const auto level = model::level_of(of.month, *settings->settings);
    if (level != model::month_level::fine) levels.tenants.emplace_back(of.tenant, level);
  }
  return levels;
}

// --- what is to be seen

void admission_rules::count(const call_refused& refused) {
  auto& of = config_.books->refused[refused.tenant];
  if (std::exchange(of.day, today()) != today()) of.by_reason.clear();
  ++of.by_reason[refused.reason];
}

tenant_usage admission_rules::beside_counts(const model::tenant& t, time now) {
  tenant_usage usage;
  usage.waiting = config_.books->line.length(t.id, now);
  usage.vendor_calls = limits_for(t).vendor_calls;
  const auto refused = config_.books->refused.find(t.id);
  if (refused != config_.books->refused.end() && refused->second.day == today())
    usage.refused_today = refused->second.by_reason;
  return usage;
}

void admission_rules::count_what_rose() {
  auto& books = *config_.books;
  counted().gave_up(books.line.given_up() - std::exchange(books.gave_up, books.line.given_up()));
  counted().crowded_out(books.table.crowded_out() - std::exchange(books.crowded_out, books.table.crowded_out()));
}

void admission_rules::show_vendor_calls(time now) const {
  counted().vendor_calls.set(
      static_cast<double>(config_.books->table.at_vendor(std::string{model::shared_vendor_key}, now)));
}

}  // namespace tonris::actors
