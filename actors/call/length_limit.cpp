#include "actors/call/length_limit.hpp"

#include <algorithm>
#include <utility>

namespace tonris::actors {

using std::chrono::nanoseconds;

namespace {

// In hops: a pending message keeps an actor's memory until it fires, also when the call is long over.
constexpr std::chrono::seconds hop{20};

}  // namespace

length_step step_of_length(nanoseconds limit, nanoseconds left, bool warned) noexcept {
  if (left <= nanoseconds::zero()) return {true, false, {}};
  const bool warn = left <= length_warning && limit > length_warning && !warned;
  const nanoseconds next = left > length_warning ? left - length_warning : left;
  return {false, warn, std::min<nanoseconds>(next, hop)};
}

void length_limit::begin() {
  call_.self->send(call_.self, length_check{});
}

void length_limit::look() {
  using std::chrono::seconds;
  const auto& limits = call_.tenant().limits;
  const seconds limit = limits.max_call_seconds ? seconds{*limits.max_call_seconds} : seconds{default_call_length};
  auto& life = *call_.life;
  const auto step =
      step_of_length(limit, *call_.record().answered + life.away + limit - call_.now(), life.warned_of_length);
  if (step.over)
    return call_.end_because(model::end_reason::max_duration, "the tenant's maximum call length",
                             model::call_event::end_requested);
  if (step.warn) {
    life.warned_of_length = true;
    ask_for_goodbye_now();
  }
  call_.self->delayed_send(call_.self, step.look_again, length_check{});
}

void length_limit::warn_if_due() {
  if (call_.life->warned_of_length) ask_for_goodbye_now();
}

/// As words of the caller's, since a mere update of its context makes no agent speak
/// (docs/protocols/elevenlabs.md#everything-else).
void length_limit::ask_for_goodbye_now() {
  call_.note(model::call_moment::length_warning);
  if (!call_.life->agent_live) return;
  call_.self->send(
      call_.life->agent_leg,
      ask_for_goodbye{"(A note of the telephone system, not of the caller: this call reaches its time limit in "
                      "30 seconds and is ended then. Tell the caller now, in one short sentence and in the "
                      "language of this conversation, and say goodbye.)"});
}

/// The caller hears it out; what is left of the time ends that as well.
void length_limit::goodbye_is_said() {
  const auto& leg = call_.life->agent_leg;
  if (!call_.sent_by(leg) || call_.is_over()) return;
  call_.self->send(leg, close_leg{});
  call_.end_because(model::end_reason::max_duration, "the tenant's maximum call length, after a goodbye",
                    model::call_event::agent_ended);
}

}  // namespace tonris::actors
