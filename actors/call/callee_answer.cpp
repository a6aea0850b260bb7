#include "actors/call/callee_answer.hpp"

#include <caf/send.hpp>

#include "model/outbound/search.hpp"

namespace tonris::actors {

void tell_who_answered(const call_supervisor& supervisor, const model::dial& dial, const model::who_answered& heard) {
  caf::anon_send(supervisor, callee_heard{dial.call, heard});
  if (!is_hung_up_on(dial, heard)) return;
  control_call hang_up{control_call::action::hang_up, dial.call, "Twilio heard a machine answer"};
  hang_up.reason = model::end_reason::machine_answered;
  caf::anon_send(supervisor, hang_up);
}

}  // namespace tonris::actors
