#include "actors/call/transcript_keeper.hpp"

#include "model/call/transcript.hpp"
#include "model/text/utf8.hpp"

namespace tonris::actors {

using model::call_moment;

void transcript_keeper::add(const transcript_line& line) {
  if (!line.agent) call_.life->trouble.agent_hears_caller();
  call_.note(line.agent ? call_moment::agent_said : call_moment::caller_said,
             model::utf8_prefix(line.text, most_noted_bytes));
  model::add_line(call_.record(), {line.agent, line.text, call_.now(), {}, line.event_id});
  call_.save();
}

void transcript_keeper::correct(const transcript_correction& correction) {
  if (model::correct_line(call_.record(), correction.event_id, correction.heard)) call_.save();
}

void transcript_keeper::interrupt() {
  ++call_.record().interruptions;
  call_.life->trouble.agent_hears_caller();
  call_.note(call_moment::interrupted);
}

}  // namespace tonris::actors
