#include "actors/admission/admission.hpp"

#include <algorithm>
#include <optional>

#include "actors/runtime/ask.hpp"
#include "actors/runtime/guard.hpp"
#include "model/phone/number.hpp"

namespace tonris::actors {

using model::admission_verdict;

namespace {

constexpr std::chrono::seconds write_pause{1};
constexpr std::chrono::seconds keeper_limit{30};
/// While the disk takes nothing. Of a call that is left out a restart may book a part twice.
constexpr std::size_t max_unwritten = 200'000;

/// Whose key a call holds a place of; where nobody knows, the one that is short.
std::string vendor_of_call(const tenant_ptr& settings) {
  return settings ? model::vendor_of(*settings) : std::string{model::shared_vendor_key};
}

/// Whoever withholds his number, or has none that could be dialled, is nobody to be told apart from others.
std::string known_number(const std::string& caller) {
  return model::number_in(caller).value_or(std::string{});
}

}  // namespace

void admission_books::restore(const usage_snapshot& written, model::admission_table::time now) {
  for (const auto& month : written.months) table.restore(month.tenant, month.of, month.sums);
  for (const auto& call : written.calls) table.restore(call.lease, call.seconds, call.microdollars, now);
}

admission_door::behavior_type admit_locally(admission_door::stateful_pointer<local_admission> self,
                                            local_admission::config settings) {
  return self->state.make_behavior(std::move(settings));
}

admission_door::behavior_type local_admission::make_behavior(config given) {
  config_ = std::move(given);
  guard(self_, *config_.counters);
  write_soon();  // what the life before has left
  return {
      [this](const admit_call& m) { return admit(m); },
      [this](const renew_leases& m) { return renew(m); },
      [this](const release_lease& m) { release(m); },
      [this](const call_refused& m) { count(m); },
      [this](const describe_usage& m) { return describe(*m.tenant); },
      [this](const reserve_places& m) {
        const std::string shared{model::shared_vendor_key};
        table().forget_reservations(shared);
        for (const auto& [tenant, calls] : m.tenants) table().reserve(shared, tenant, calls);
      },
      [this](const flush_usage&) { return flush(); },
      [this](const write_down&) {
        reminded_ = false;
        write();
      },
  };
}

// --- who may come in

model::admission_place local_admission::place_of(const admit_call& who) const {
  const auto number = known_number(who.caller);
  return {who.call, who.tenant->id, model::vendor_of(*who.tenant),
          number.empty() ? std::string{} : config_.hash_caller(number), month()};
}

model::admission_answer local_admission::ask_table(const admit_call& who, const model::admission_limits& limits) {
  return table().admit(place_of(who), limits, now());
}

admitted local_admission::admit(const admit_call& who) {
  const auto& tenant = *who.tenant;
  table().reserve(model::vendor_of(tenant), tenant.id, tenant.limits.reserved_calls.value_or(0));
  if (const auto nothing = model::refused_outright(tenant)) return turn_away(who, *nothing);
  const auto limits = model::limits_of(tenant, config_.vendor_calls);
  const auto others = config_.books->line.before(tenant.id, who.call, now());
  const auto answer = ask_table(who, model::behind(limits, others));
  switch (answer.verdict) {
    case admission_verdict::ok: return come_in(who, answer);
    case admission_verdict::ended: return {admitted::answer::come_in, answer.verdict, {}};
    case admission_verdict::elsewhere:
    case admission_verdict::young:
    case admission_verdict::lost: return {admitted::answer::unknown, answer.verdict, {}};
    case admission_verdict::concurrency:
      if (overflows_to_agent(who, limits)) {
        counted().let_in(admission_metrics::way::overflow);
        return {admitted::answer::come_in, admission_verdict::ok, tenant.limits.overflow.agent};
      }
      break;
    case admission_verdict::caller:
    case admission_verdict::rate:
    case admission_verdict::minutes:
    case admission_verdict::cost:
    case admission_verdict::vendor: break;
  }
  return turn_away(who, answer.verdict);
}

admitted local_admission::come_in(const admit_call& who, const model::admission_answer& answer) {
  using way = admission_metrics::way;
  config_.books->line.leave(who.tenant->id, who.call);
  counted().let_in(answer.again ? way::again : way::counted);
  changed(who.tenant->id, who.call);
  return {admitted::answer::come_in, admission_verdict::ok, {}};
}

/// As many again as the tenant's own agents may have, and within every other limit.
bool local_admission::overflows_to_agent(const admit_call& who, const model::admission_limits& limits) {
  if (who.tenant->limits.overflow.what != model::tenant::action::agent) return false;
  auto wider = limits;
  wider.calls *= 2;
  if (ask_table(who, wider).verdict != admission_verdict::ok) return false;
  changed(who.tenant->id, who.call);
  return true;
}

admitted local_admission::turn_away(const admit_call& who, admission_verdict why) {
  const auto& overflow = who.tenant->limits.overflow;
  auto& line = config_.books->line;
  counted().refused(why);
  const bool may_wait = overflow.what == model::tenant::action::wait && model::is_worth_waiting(why) &&
                        who.waited < std::chrono::seconds{overflow.seconds};
  if (may_wait && line.join(who.tenant->id, who.call, now())) {
    counted().told_to_wait();
    return {admitted::answer::wait, why, {}};
  }
  line.leave(who.tenant->id, who.call);
  return {admitted::answer::refused, why, {}};
}

// --- who stays, and who goes

month_levels local_admission::renew(const renew_leases& told) {
  const auto& rates = config_.rates.at(config_.wall_clock());
  std::vector<model::lease_renewal> calls;
  calls.reserve(told.calls.size());
  for (const auto& one : told.calls) {
    const auto ahead = (one.so_far + lease_renewal_period).count();
    calls.push_back({one.lease, one.tenant, vendor_of_call(one.settings), 0, ahead, model::cost_of(rates, ahead)});
    changed(one.tenant, one.lease);
  }
  const auto renewed = table().renew(calls, month(), now());
  if (told.all_are_told) table().be_grown();
  count_what_rose();
  month_levels levels;
  for (const auto& of : renewed.tenants) {
    const auto settings = std::find_if(told.calls.begin(), told.calls.end(),
                                       [&](const live_lease& one) { return one.tenant == of.tenant && one.settings; });
    if (settings == told.calls.end()) continue;
    const auto level = model::level_of(of.month, *settings->settings);
    if (level != model::month_level::fine) levels.tenants.emplace_back(of.tenant, level);
  }
  return levels;
}

void local_admission::release(const release_lease& what) {
  model::lease_release back;
  const auto number = what.undo ? known_number(what.caller) : std::string{};
  back.of = {what.lease, what.tenant, vendor_of_call(what.settings),
             number.empty() ? std::string{} : config_.hash_caller(number), month()};
  back.undo = what.undo;
  if (!what.undo) {
    back.seconds = what.length.count();
    back.microdollars = model::cost_of(config_.rates.at(config_.wall_clock()), back.seconds);
  }
  config_.books->line.give_up(what.tenant, what.lease);
  (void)table().release(back, now());
  changed(what.tenant, what.lease);
}

// --- what is to be seen

void local_admission::count(const call_refused& refused) {
  const auto today = std::chrono::floor<std::chrono::days>(config_.wall_clock());
  auto& of = config_.books->refused[refused.tenant];
  if (std::exchange(of.day, today) != today) of.by_reason.clear();
  ++of.by_reason[refused.reason];
}

tenant_usage local_admission::describe(const model::tenant& t) {
  tenant_usage usage;
  usage.calls = table().live(t.id, now());
  usage.waiting = config_.books->line.length(t.id, now());
  usage.within_minute = table().within_minute(t.id, now());
  usage.month = table().month(t.id, month());
  usage.at_vendor = table().at_vendor(model::vendor_of(t), now());
  usage.vendor_calls = model::limits_of(t, config_.vendor_calls).vendor_calls;
  const auto refused = config_.books->refused.find(t.id);
  if (refused != config_.books->refused.end() &&
      refused->second.day == std::chrono::floor<std::chrono::days>(config_.wall_clock()))
    usage.refused_today = refused->second.by_reason;
  return usage;
}

void local_admission::count_what_rose() {
  auto& books = *config_.books;
  counted().gave_up(books.line.given_up() - std::exchange(books.gave_up, books.line.given_up()));
  counted().crowded_out(books.table.crowded_out() - std::exchange(books.crowded_out, books.table.crowded_out()));
}

// --- what is written down

void local_admission::changed(const model::tenant_id& tenant, const model::call_sid& lease) {
  config_.books->months.emplace(tenant.value, month());
  if (config_.books->leases.size() < max_unwritten)
    config_.books->leases.insert(lease);
  else
    counted().usage_dropped();
  write_soon();
}

void local_admission::write_soon() {
  if (config_.keeper && !std::exchange(reminded_, true))
    self_->delayed_send(self_, caf::timespan{write_pause}, write_down{});
}

/// One snapshot at a time: what changes meanwhile waits for the next.
void local_admission::write() {
  if (writing_) return;
  auto changes = take_changes();
  if (changes.empty()) return answer_flushes();
  writing_ = true;
  ask(self_, config_.keeper, keeper_limit, write_usage{changes})
      .then(
          [this](usage_written) {
            writing_ = false;
            if (!flushes_.empty()) return write();
            if (!config_.books->leases.empty() || !config_.books->months.empty()) write_soon();
          },
          [this, changes](const caf::error&) {
            writing_ = false;
            put_back(changes);
            answer_flushes();
            write_soon();
          });
}

usage_snapshot local_admission::take_changes() {
  auto& books = *config_.books;
  usage_snapshot now_is;
  for (const auto& [tenant, of] : books.months) now_is.months.push_back({{tenant}, of, table().month({tenant}, of)});
  for (const auto& lease : books.leases)
    if (const auto booked = table().booked(lease))
      now_is.calls.push_back({lease, booked->seconds, booked->microdollars});
    else
      now_is.ended.push_back(lease);
  books.months.clear();
  books.leases.clear();
  return now_is;
}

void local_admission::put_back(const usage_snapshot& unwritten) {
  auto& books = *config_.books;
  for (const auto& month : unwritten.months) books.months.emplace(month.tenant.value, month.of);
  for (const auto& call : unwritten.calls) books.leases.insert(call.lease);
  books.leases.insert(unwritten.ended.begin(), unwritten.ended.end());
}

caf::result<usage_flushed> local_admission::flush() {
  if (!config_.keeper) return usage_flushed{};
  auto promise = flushes_.emplace_back(self_->make_response_promise<usage_flushed>());
  write();
  return promise;
}

void local_admission::answer_flushes() {
  for (auto& waiting : std::exchange(flushes_, {})) waiting.deliver(usage_flushed{});
}

}  // namespace tonris::actors
