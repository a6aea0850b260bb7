#include "actors/call/outbound_dials.hpp"

#include "actors/call/live_board.hpp"
#include "model/outbound/ringing.hpp"
#include "model/outbound/search.hpp"

namespace tonris::actors {

namespace {

std::optional<model::dial> copy_of(const model::dial* one) {
  return one != nullptr ? std::optional{*one} : std::nullopt;
}

}  // namespace

template <class Change>
auto outbound_dials::change(const model::ticket& which, Change what) {
  const std::scoped_lock lock{lock_};
  const auto before = copy_of(dials_.find(which));
  auto done = what(dials_);
  if (!before || !told_) return done;
  const auto* const after = dials_.find(which);
  if (after == nullptr)
    told_(*before, true);
  else if (*after != *before)
    told_(*after, false);
  return done;
}

outbound_dials::begun outbound_dials::begin(const model::dial& wanted, model::dial_verdict judged,
                                            const model::tenant::outbound_type& rules, time now, metrics& counters) {
  const std::scoped_lock lock{lock_};
  const auto found = dials_.begin(wanted, judged, rules, now);
  if (found.forgot) {
    counters.of<outbound_metrics>().forgotten();
    if (told_) told_(*found.forgot, true);
  }
  return {found.verdict, copy_of(found.before), found.differs};
}

outbound_dials::begun outbound_dials::find_before(const model::dial_request& asked) const {
  const std::scoped_lock lock{lock_};
  const auto found = dials_.find_before(asked);
  return {found.verdict, copy_of(found.before), found.differs};
}

void outbound_dials::await_former_life() {
  const std::scoped_lock lock{lock_};
  awaits_former_life_ = true;
}

bool outbound_dials::awaits_former_life() const {
  const std::scoped_lock lock{lock_};
  return awaits_former_life_;
}

void outbound_dials::restore(const std::vector<model::dial>& former, const std::vector<model::dial_attempts>& tried,
                             time now) {
  const std::scoped_lock lock{lock_};
  for (const auto& one : former) dials_.restore(one, now);
  for (const auto& one : tried) dials_.restore(one, now);
  awaits_former_life_ = false;
}

void outbound_dials::placed(const model::ticket& shown, const model::call_sid& call) {
  change(shown, [&](model::dials& all) { return all.placed(shown, call), true; });
}

void outbound_dials::is_unknown(const model::ticket& shown) {
  change(shown, [&](model::dials& all) { return all.is_unknown(shown), true; });
}

void outbound_dials::looks_again(const model::ticket& shown) {
  change(shown, [&](model::dials& all) { return all.looks_again(shown), true; });
}

void outbound_dials::forget(const model::ticket& shown) {
  change(shown, [&](model::dials& all) { return all.forget(shown), true; });
}

void outbound_dials::forget(const model::call_sid& call) {
  if (const auto one = find(call)) forget(one->shown_by);
}

void outbound_dials::hang_up(const model::ticket& shown) {
  change(shown, [&](model::dials& all) { return all.hang_up(shown), true; });
}

void outbound_dials::is_over(const model::ticket& shown) {
  change(shown, [&](model::dials& all) { return all.is_over(shown), true; });
}

void outbound_dials::sent_on(const model::ticket& shown) {
  change(shown, [&](model::dials& all) { return all.sent_on(shown), true; });
}

void outbound_dials::is_elsewhere(const model::ticket& shown) {
  change(shown, [&](model::dials& all) { return all.is_elsewhere(shown), true; });
}

std::optional<model::dial> outbound_dials::find(const model::ticket& shown) const {
  const std::scoped_lock lock{lock_};
  return copy_of(dials_.find(shown));
}

std::optional<model::dial> outbound_dials::find(const model::call_sid& call) const {
  const std::scoped_lock lock{lock_};
  return copy_of(dials_.find(call));
}

std::vector<model::dial> outbound_dials::unsettled(time now) const {
  const std::scoped_lock lock{lock_};
  return dials_.unsettled(now);
}

std::vector<model::ticket> outbound_dials::followed() const {
  const std::scoped_lock lock{lock_};
  return dials_.followed();
}

std::size_t outbound_dials::coming(time now) const {
  const std::scoped_lock lock{lock_};
  return dials_.coming(now);
}

std::optional<model::dial_attempts> outbound_dials::attempts_of(const model::tenant_id& tenant) const {
  const std::scoped_lock lock{lock_};
  const auto* const known = dials_.attempts_of(tenant);
  return known != nullptr ? std::optional{*known} : std::nullopt;
}

std::optional<model::call_sid> outbound_dials::find_among(const model::ticket& shown,
                                                          const std::vector<model::twilio::listed_call>& listed) {
  return change(shown, [&](model::dials& all) -> std::optional<model::call_sid> {
    const auto* const one = all.find(shown);
    if (one == nullptr) return std::nullopt;
    if (!one->call.empty()) return one->call;
    auto found = find_placed(*one, listed, [&](const model::call_sid& call) { return all.is_taken(call); });
    if (found) all.placed(shown, *found);
    return found;
  });
}

std::optional<model::dial> outbound_dials::redeem(const model::ticket& shown, const model::call_sid& call, time now) {
  return change(shown, [&](model::dials& all) { return copy_of(all.redeem(shown, call, now)); });
}

void outbound_dials::adopt(const model::dial& others, time now) {
  const std::scoped_lock lock{lock_};
  dials_.restore(others, now);
  const auto* const one = dials_.find(others.shown_by);
  if (one != nullptr && told_) told_(*one, false);
}

std::optional<model::dial> outbound_dials::take_over(const model::dial& others, const model::call_sid& call, time now) {
  const std::scoped_lock lock{lock_};
  dials_.restore(others, now);
  auto taken = copy_of(dials_.redeem(others.shown_by, call, now));
  if (taken && told_) told_(*taken, false);
  return taken;
}

std::optional<model::dial> outbound_dials::report(const model::ticket& shown, const model::call_sid& call, time now) {
  return change(shown, [&](model::dials& all) { return copy_of(all.report(shown, call, now)); });
}

std::optional<model::dial> outbound_dials::hears(const model::ticket& shown, const model::call_sid& call,
                                                 const model::who_answered& said, time now) {
  return change(shown, [&](model::dials& all) {
    auto* const one = all.report(shown, call, now);
    if (one != nullptr) (void)take(one->heard, said);
    return copy_of(one);
  });
}

void show(live_board& on, const model::dial& one, bool is_forgotten) {
  if (rings(one) && !is_forgotten)
    on.put(record_of(one), one.began_at);
  else if (!one.call.empty() && !is_here(one))
    on.remove(one.call);
}

}  // namespace tonris::actors
