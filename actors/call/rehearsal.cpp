#include "actors/call/rehearsal.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "actors/call/call_log.hpp"
#include "actors/call/metrics.hpp"
#include "model/phone/number.hpp"

namespace tonris::actors {

using model::call_moment;

namespace {

constexpr std::chrono::seconds next_look{1};  // for what is to break and is not there yet

}  // namespace

void rehearsal::plan() {
  const auto& plan = call_.tenant().rehearsal;
  if (!plan) return;
  const bool listed = model::is_listed(plan->callers, person_of(call_.record()));
  call_.services->counters->of<call_metrics>().rehearsal(listed ? call_metrics::rehearsed::planned
                                                                : call_metrics::rehearsed::refused);
  call_.note(call_moment::rehearsal,
             words(to_string(plan->what), listed ? "planned" : "refused: the caller is not listed"));
  call_log::warn(call_.record(), "rehearsal of {failure} {result}",
                 {{"failure", to_string(plan->what)},
                  {"result", listed ? "planned" : "refused, its caller is not on the tenant's list"}});
  call_.life->rehearsing = listed;
  await();
}

void rehearsal::await() {
  const auto& plan = call_.tenant().rehearsal;
  if (!call_.life->rehearsing || call_.life->rehearsed || !plan) return;
  if (plan->what == failure::slow_vendor) return;  // each fetch of a signed address is slow
  call_.self->delayed_send(call_.self, std::chrono::seconds{plan->after_seconds}, rehearsal_due{});
}

bool rehearsal::delays_fetch(std::chrono::milliseconds at_most) {
  const auto& plan = call_.tenant().rehearsal;
  if (!call_.life->rehearsing || !plan || plan->what != failure::slow_vendor) return false;
  const std::chrono::milliseconds late = std::chrono::seconds{plan->after_seconds};
  done();
  call_.self->delayed_send(call_.self, std::min(late, at_most), slow_fetch{at_most, late >= at_most});
  return true;
}

bool rehearsal::can_break(failure what, bool agent_live, bool stream_runs) noexcept {
  switch (what) {
    case failure::agent_drop:
    case failure::garbage_frame:
    case failure::agent_crash:
    case failure::agent_silent: return agent_live;
    case failure::caller_drop:
    case failure::caller_crash: return stream_runs;
    case failure::call_crash:
    case failure::slow_vendor: return true;
  }
  return true;
}

/// Once a call, however often a slow vendor is asked.
void rehearsal::done() {
  if (std::exchange(call_.life->rehearsed, true)) return;
  call_.services->counters->of<call_metrics>().rehearsal(call_metrics::rehearsed::done);
  call_.note(call_moment::rehearsal, words(to_string(call_.tenant().rehearsal->what), "now"));
}

void rehearsal::inject_into(const any_leg& leg, decltype(inject::failure) how) {
  call_.self->send(leg, inject{how});
}

void rehearsal::due() {
  const auto& plan = call_.tenant().rehearsal;
  if (!plan || call_.is_over()) return;
  auto& life = *call_.life;
  const auto& streams = call_.record().streams;
  const bool stream_runs = life.caller_leg && !streams.empty() && !streams.back().ended;
  if (!can_break(plan->what, life.agent_live, stream_runs))
    return call_.self->delayed_send(call_.self, next_look, rehearsal_due{});
  done();
  switch (plan->what) {
    case failure::agent_drop: return inject_into(life.agent_leg, leg_failure::drop);
    case failure::garbage_frame: return inject_into(life.agent_leg, leg_failure::garbage);
    case failure::agent_crash: return inject_into(life.agent_leg, leg_failure::crash);
    case failure::agent_silent: return inject_into(life.agent_leg, leg_failure::silence);
    case failure::caller_drop: return inject_into(life.caller_leg, leg_failure::drop);
    case failure::caller_crash: return inject_into(life.caller_leg, leg_failure::crash);
    case failure::call_crash: throw std::runtime_error("a rehearsed crash");
    case failure::slow_vendor: return;
  }
}

}  // namespace tonris::actors
