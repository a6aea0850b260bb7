#include "actors/admission/admission.hpp"

#include <utility>

#include "actors/runtime/guard.hpp"
#include "model/admission/tenant_limits.hpp"

namespace tonris::actors {

using model::admission_verdict;

admission_door::behavior_type admit_locally(admission_door::stateful_pointer<local_admission> self,
                                            const local_admission::config& settings) {
  return self->state.make_behavior(settings);
}

admission_door::behavior_type local_admission::make_behavior(const config& given) {
  guard(self_, *given.rules.counters);
  books_ = given.rules.books;
  rules_ = admission_rules{given.rules};
  writer_ =
      usage_writer{{books_, [this] { self_->delayed_send(self_, caf::timespan{usage_writer::pause}, write_down{}); },
                    give_to(self_, given.keeper), given.rules.counters}};
  writer_.write_soon();  // what the life before has left
  return {
      [this](const admit_call& m) { return admit(m); },
      [this](const renew_leases& m) { return renew(m); },
      [this](const release_lease& m) { release(m); },
      [](const find_in_line&) { return line_place{}; },
      [](const find_lease_holder&) { return lease_holder{}; },
      [this](const call_refused& m) { rules_.count(m); },
      [this](const describe_usage& m) { return describe(*m.tenant); },
      [this](const reserve_places& m) {
        const std::string shared{model::shared_vendor_key};
        table().forget_reservations(shared);
        for (const auto& [tenant, calls] : m.tenants) table().reserve(shared, tenant, calls);
      },
      [this](const flush_usage&) { return flush(); },
      [this](const write_down&) { writer_.reminded(); },
  };
}

// --- who may come in

admitted local_admission::admit(const admit_call& who) {
  using way = admission_metrics::way;
  const auto& tenant = *who.tenant;
  table().reserve(model::vendor_of(tenant), tenant.id, tenant.limits.reserved_calls.value_or(0));
  if (const auto nothing = model::refused_outright(tenant)) return rules_.turn_away(who, *nothing, now());
  const auto place = rules_.place_of(who);
  const auto answer = table().admit(place, rules_.limits_behind_line(who, now()), now());
  if (answer.verdict == admission_verdict::ok) return come_in(who, answer.again ? way::again : way::counted);
  if (answer.verdict == admission_verdict::ended) return {admitted::answer::come_in, answer.verdict, {}};
  if (model::is_unknown(answer.verdict)) return {admitted::answer::unknown, answer.verdict, {}};
  const auto wider = rules_.limits_at_overflow_agent(who, answer.verdict);
  if (wider && table().admit(place, *wider, now()).verdict == admission_verdict::ok) return come_in(who, way::overflow);
  return rules_.turn_away(who, answer.verdict, now());
}

admitted local_admission::come_in(const admit_call& who, admission_metrics::way how) {
  writer_.changed(who.tenant->id, rules_.month(), who.call);
  return rules_.come_in(who, how);
}

// --- who stays, and who goes

month_levels local_admission::renew(const renew_leases& told) {
  for (const auto& one : told.calls) writer_.changed(one.tenant, rules_.month(), one.lease);
  const auto renewed = table().renew(rules_.booked_ahead(told.calls), rules_.month(), now());
  if (told.all_are_told) table().be_grown();
  rules_.count_what_rose();
  rules_.show_vendor_calls(now());
  return admission_rules::levels_of(renewed.tenants, told.calls);
}

void local_admission::release(const release_lease& what) {
  rules_.leave_line(what);
  (void)table().release(rules_.booked_in_all(what), now());
  rules_.show_vendor_calls(now());
  writer_.changed(what.tenant, rules_.month(), what.lease);
}

// --- what is to be seen

tenant_usage local_admission::describe(const model::tenant& t) {
  auto usage = rules_.beside_counts(t, now());
  usage.calls = table().live(t.id, now());
  usage.within_minute = table().within_minute(t.id, now());
  usage.month = table().month(t.id, rules_.month());
  usage.at_vendor = table().at_vendor(model::vendor_of(t), now());
  return usage;
}

caf::result<usage_flushed> local_admission::flush() {
  auto promise = self_->make_response_promise<usage_flushed>();
  writer_.flush([promise]() mutable { promise.deliver(usage_flushed{}); });
  return promise;
}

}  // namespace tonris::actors
