/// The call supervisor's callers in line: they are told to wait, and have a record if they hang up before a place is
/// free.
#include <string>
#include <utility>

#include "actors/call/call_log.hpp"
#include "actors/call/metrics.hpp"
#include "actors/call/supervisor.hpp"
#include "actors/call/timeline_note.hpp"
#include "model/admission/waiting_line.hpp"

namespace tonris::actors {

using model::call_moment;
using model::end_reason;

model::call_record record_of(const waiting_callers::entry& caller) {
  return checkpoint_of(caller.as.request, caller.as.tenant, {}, caller.clock.at(caller.began), caller.as.from_tenant,
                       caller.as.route)
      .record;
}

void call_supervisor_state::on(const caller_waits& told) {
  if (config_.among_others || table().knows(told.as.request.call)) return;
  if (!table().waiting.ask(told.as, new_clock(), now())) services().counters->of<call_metrics>().waiting_unknown();
}

/// His place is free at once.
bool call_supervisor_state::hung_up_in_line(const call_status_changed& changed) {
  if (!model::twilio::is_final(changed.status)) return false;
  const auto caller = table().waiting.take(changed.call);
  if (!caller) return false;
  const auto& tenant = caller->as.tenant;
  self->send(config_.who_may_come,
             release_lease{changed.call, tenant->id, std::chrono::seconds{0}, true, caller->as.request.from, tenant});
  auto call = gave_up(*caller);
  call.over = call.caller_gone = true;
  remember(std::move(call));
  return true;
}

/// Who has not asked for as long as the line keeps a place has hung up, as far as is known: should he ask after all, he
/// is a new caller.
void call_supervisor_state::check_line() {
  for (const auto& caller : table().waiting.take_silent(now() - model::waiting_line::patience))
    write_down(gave_up(caller));
}

ended_entry call_supervisor_state::gave_up(const waiting_callers::entry& gone) {
  constexpr auto reason = end_reason::caller_gave_up;
  const auto& tenant = gone.as.tenant;
  services().counters->of<call_metrics>().call_refused(reason);
  services().counters->of<tenant_metrics>().call_refused(tenant->id, reason);
  services().troubles->count(reason);
  self->send(config_.who_may_come, call_refused{tenant->id, reason});
  ended_entry call{{}, tenant};
  call.clock = gone.clock;
  call.state.account = gone.as.request.account;
  auto& record = call.state.record = record_of(gone);
  record.state = model::call_state::ended;
  record.ended = gone.clock.at(now());
  record.reason = reason;
  const auto waited = std::chrono::duration_cast<std::chrono::seconds>(now() - gone.began);
  record.end_detail = "after " + std::to_string(waited.count()) + " s in line";
  call_log::refused(record);
  auto& journal = *services().journal;
  write_note(journal, record.call, record.started, call_moment::webhook,
             words("tenant " + tenant->id.value, gone.as.route.why));
  write_note(journal, record.call, *record.ended, call_moment::refused, words(to_string(reason), record.end_detail));
  return call;
}

}  // namespace tonris::actors
