#include "actors/call/callee_answer.hpp"

#include <caf/send.hpp>

namespace tonris::actors {

void tell_who_answered(const call_supervisor& supervisor, const model::dial& dial, const model::who_answered& heard) {
  caf::anon_send(supervisor, callee_heard{dial.call, heard});
  if (!is_machine(heard) || dial.machine != model::tenant::outbound_type::machine_type::hang_up) return;
  control_call hang_up{control_call::action::hang_up, dial.call, "Twilio heard a machine answer"};
  hang_up.reason = model::end_reason::machine_answered;
  caf::anon_send(supervisor, hang_up);
}

bool is_machine(const std::optional<model::who_answered>& heard) noexcept {
  using model::twilio::answered_by;
  return heard && (heard->by == answered_by::machine || heard->by == answered_by::fax);
}

}  // namespace tonris::actors
