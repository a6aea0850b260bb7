#include "actors/call/second_attempt.hpp"

#include <algorithm>
#include <utility>

#include "actors/call/agent_side.hpp"
#include "actors/runtime/ask.hpp"
#include "model/call/vendor_close.hpp"
#include "model/tenant/route.hpp"

namespace tonris::actors {

namespace supervision = model::supervision;
using model::call_state;

void second_attempt::await() {
  const auto& life = *call_.life;
  if (life.agent_live) return;
  const auto due = life.agent_ready_by - supervision::agent_ready_limit + supervision::second_attempt_after;
  const auto wait = std::max<caf::timespan>(due - call_.steady_now(), caf::timespan{0});
  call_.self->delayed_send(call_.self, wait, second_attempt_due{life.agent_leg.id()});
}

bool second_attempt::is_wanted(caf::actor_id beside) const {
  if (call_.last_word) return false;
  const auto& life = *call_.life;
  const auto state = call_.record().state;
  const bool waits = state == call_state::connecting || state == call_state::holding || life.before_stream;
  return waits && !call_.is_over() && !call_.handing_over && life.awaits_agent() && !life.agent_live &&
         life.agent_leg && life.agent_leg.id() == beside;
}

void second_attempt::begin(const second_attempt_due& due) {
  // Once a leg, also when this crashes over it.
  if (!is_wanted(due.beside) || std::exchange(call_.life->second_tried_beside, due.beside) == due.beside) return;
  call_.note(model::call_moment::agent_restart, "a second conversation beside the one that does not begin");
  agent_.tell_of_failure(
      "{detail}; a second conversation is tried beside it",
      {{"detail", model::why_no_metadata(model::language_at(call_.tenant(), business_of(call_.record())))}});
  ask(call_.self, call_.services->vendor, agent_side::vendor_guard,
      fetch_signed_url{call_.record().agent, most_for_signed_url, call_.life->tenant})
      .then([this, beside = due.beside](const signed_url_answer& answer) { open(beside, answer); },
            [](const caf::error&) {});
}

void second_attempt::open(caf::actor_id beside, const signed_url_answer& answer) {
  auto& life = *call_.life;
  if (!answer.url || !is_wanted(beside) || life.agent_ready_by <= call_.steady_now()) return;
  life.second_agent_leg = call_.services->spawn_agent_leg(agent_.next_conversation(*answer.url));
  life.taken_of_second_agent_leg = 0;
  call_.self->monitor(life.second_agent_leg);
}

void second_attempt::take_over() {
  auto& life = *call_.life;
  life.agent_leg = std::exchange(life.second_agent_leg, nullptr);
  life.taken_of_agent_leg = life.taken_of_second_agent_leg;
}

}  // namespace tonris::actors
