/// The call supervisor's callers in line: they are told to wait, and have a record if they hang up before a place is
/// free.
#include <string>
#include <tuple>
#include <utility>

#include "actors/call/call_log.hpp"
#include "actors/call/depths.hpp"
#include "actors/call/metrics.hpp"
#include "actors/call/supervisor.hpp"
#include "actors/call/timeline_note.hpp"
#include "actors/runtime/ask.hpp"
#include "model/admission/waiting_line.hpp"

namespace tonris::actors {

using model::call_moment;
using model::end_reason;

namespace {

constexpr std::chrono::seconds place_limit{2};

}  // namespace

model::call_record record_of(const waiting_callers::entry& caller) {
  return checkpoint_of(caller.as.request, caller.as.tenant, {}, caller.clock.at(caller.began), caller.as.from_tenant,
                       caller.as.route)
      .record;
}

void call_supervisor_state::on(const caller_waits& told) {
  const auto& call = told.as.request.call;
  if (table().knows(call)) return;
  if (!table().waiting.ask(told.as, new_clock(), now()))
    return services().counters->of<call_metrics>().waiting_unknown();
  const auto& caller = *table().waiting.find(call);
  if (caller.began == caller.asked) services().live->put(record_of(caller), caller.clock.at(caller.began));
}

std::optional<waiting_callers::entry> call_supervisor_state::out_of_line(const model::call_sid& call) {
  auto caller = table().waiting.take(call);
  if (caller) services().live->remove(call);
  return caller;
}

/// Should he get a place before Twilio has hung up on him, he does not come in.
call_controlled call_supervisor_state::control_in_line(const control_call& wanted) {
  using outcome = call_controlled::outcome;
  constexpr auto why = "the caller waits in line, and no agent talks to him yet";
  if (!table().waiting.find(wanted.call)) return {};
  if (wanted.act != control_call::action::hang_up) return {outcome::refused, why};
  table().waiting.send_away(wanted.call);
  return {outcome::at_twilio, why};
}

bool call_supervisor_state::hung_up_in_line(const call_status_changed& changed) {
  if (!model::twilio::is_final(changed.status) || !table().waiting.find(changed.call)) return false;
  table().waiting.tell(changed.call, changed.told_at(new_clock().at(now())));
  ask_for_place(changed.call, true);
  return true;
}

/// Who has not asked for as long as the line keeps a place has hung up, as far as is known: should he ask after all, he
/// is a new caller.
void call_supervisor_state::check_line() {
  services().counters->of<call_depths>().callers_in_line.set(table().waiting.size());
  for (const auto& call : table().waiting.silent(now() - model::waiting_line::patience, now()))
    ask_for_place(call, false);
}

/// Another node may have told him last to wait, or has let him in: his record is that one's. Where nobody can say, it
/// is asked again once he has been silent anew.
void call_supervisor_state::ask_for_place(const model::call_sid& call, bool has_hung_up) {
  ask(self, config_.who_may_come, place_limit, find_in_line{call})
      .then(
          [this, call, has_hung_up, asked = table().waiting.find(call)->asked](const line_place& place) {
            const auto* const there = table().waiting.find(call);
            if (!there || (!has_hung_up && there->asked != asked)) return;  // he asks again
            const auto caller = *out_of_line(call);
            if (!place.is_here) return;
            if (!has_hung_up) return write_down(gave_up(caller));
            leaves_line(caller);
          },
          [](const caf::error&) {});
}

/// His place is free at once.
void call_supervisor_state::leaves_line(const waiting_callers::entry& caller) {
  const auto& [request, tenant] = std::tie(caller.as.request, caller.as.tenant);
  self->send(config_.who_may_come,
             release_lease{request.call, tenant->id, std::chrono::seconds{0}, true, request.from, tenant});
  auto gone = gave_up(caller);
  gone.over = gone.caller_gone = true;
  remember(std::move(gone));
}

ended_entry call_supervisor_state::gave_up(const waiting_callers::entry& gone) {
  const auto reason = gone.sent_away ? end_reason::operator_hung_up : end_reason::caller_gave_up;
  const auto& tenant = gone.as.tenant;
  services().counters->of<call_metrics>().call_refused(reason);
  services().counters->of<tenant_metrics>().call_refused(tenant->id, reason);
  services().troubles->count(reason);
  self->send(config_.who_may_come, call_refused{tenant->id, reason});
  ended_entry call{{}, tenant};
  call.clock = gone.clock;
  call.state.account = gone.as.request.account;
  auto& record = call.state.record = record_of(gone);
  record.twilio = gone.twilio;
  record.state = model::call_state::ended;
  record.ended = gone.clock.at(now());
  record.reason = reason;
  const auto waited = std::chrono::duration_cast<std::chrono::seconds>(now() - gone.began);
  record.end_detail =
      (gone.sent_away ? "by the API, after " : "after ") + std::to_string(waited.count()) + " s in line";
  account_for_refusal(call.state);
  call_log::refused(record);
  write_note(services(), record, record.started, call_moment::webhook,
             words("tenant " + tenant->id.value, gone.as.route.why));
  write_note(services(), record, *record.ended, call_moment::refused, words(to_string(reason), record.end_detail));
  return call;
}

}  // namespace tonris::actors
