/// The call supervisor's calls that the business placed and that nobody took: they have a record, and never an actor.
#include <algorithm>

#include "actors/call/call_log.hpp"
#include "actors/call/metrics.hpp"
#include "actors/call/supervisor.hpp"
#include "actors/call/timeline_note.hpp"
#include "model/call/costing.hpp"

namespace tonris::actors {

call_answer call_supervisor_state::note_untaken(const refuse_call& untaken) {
  const auto clock = new_clock();
  const auto at = clock.at(now());
  const auto began = std::min(untaken.placed.value_or(at), at);
  ended_entry call{checkpoint_of(untaken.request, untaken.tenant, {}, began, untaken.from_tenant, untaken.route),
                   untaken.tenant};
  call.clock = clock;
  call.over = call.caller_gone = true;
  auto& record = call.state.record;
  record.state = model::call_state::ended;
  record.ended = at;
  record.reason = untaken.reason;
  record.end_detail = untaken.detail;
  record.twilio = untaken.progress;
  record.heard = untaken.heard;
  if (untaken.request.status == model::twilio::call_status::completed) {
    record.cost.machine_detection =
        estimate_of_detection(*services().rates, record.started, untaken.listens_for_machine);
    account_for_refusal(call.state);  // a minute
  } else {
    sign(call.state);
  }
  write_note(services(), record, at, model::call_moment::ended, words(to_string(untaken.reason), untaken.detail));
  call_log::ended(record);
  services().counters->of<call_metrics>().call_ended(untaken.reason, {}, {});
  services().troubles->count(untaken.reason);
  if (call.tenant) tell_end(call);
  remember(std::move(call));
  return {call_answer::verb::nothing};
}

}  // namespace tonris::actors
