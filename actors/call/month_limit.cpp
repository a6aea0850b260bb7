#include "actors/call/month_limit.hpp"

#include <utility>

namespace tonris::actors {

using model::month_level;

void month_limit::spent(const month_spent& news) {
  if (call_.is_over() || call_.handing_over) return;
  auto& told = call_.life->month_told;
  if (news.level > told) {
    told = news.level;
    tell();
  }
  if (told == month_level::over && !std::exchange(armed_, true))
    call_.self->delayed_send(call_.self, caf::timespan{month_goodbye_limit}, month_overdue{});
}

void month_limit::warn_if_due() {
  if (call_.life->month_told != month_level::fine) tell();
}

/// As words of the caller's, since a mere update of its context makes no agent speak
/// (docs/protocols/elevenlabs.md#everything-else).
void month_limit::tell() {
  const bool over = call_.life->month_told == month_level::over;
  call_.note(model::call_moment::length_warning,
             over ? "the tenant's month is used up" : "the tenant's month runs out");
  if (!call_.life->agent_live) return;
  const auto& leg = call_.life->agent_leg;
  if (over)
    call_.self->send(leg, ask_for_goodbye{"(A note of the telephone system, not of the caller: this call has to end "
                                          "now. Tell the caller so in one short sentence and in the language of this "
                                          "conversation, and say goodbye.)"});
  else
    call_.self->send(leg, prompt_agent{"(A note of the telephone system, not of the caller: little time is left for "
                                       "this call. Tell the caller so in one short sentence and in the language of "
                                       "this conversation, and bring it to its end soon.)"});
}

bool month_limit::goodbye_is_said() {
  if (call_.life->month_told != month_level::over) return false;
  if (call_.sent_by(call_.life->agent_leg) && !call_.is_over()) end("the tenant's month is used up, after a goodbye");
  return true;
}

void month_limit::overdue() {
  if (!call_.is_over() && !call_.handing_over) end("the tenant's month is used up");
}

/// The caller hears out what was said.
void month_limit::end(const char* how) {
  const auto& leg = call_.life->agent_leg;
  if (leg) call_.self->send(leg, close_leg{});
  call_.end_because(model::end_reason::month_used_up, how,
                    leg ? model::call_event::agent_ended : model::call_event::end_requested);
}

}  // namespace tonris::actors
