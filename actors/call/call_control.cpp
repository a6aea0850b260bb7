#include "actors/call/call_control.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "actors/call/call_log.hpp"
#include "model/call/held_line.hpp"
#include "model/tool/transfer_guard.hpp"

namespace tonris::actors {

using outcome = call_controlled::outcome;

namespace {

const std::string by_api = "by the API";

/// Of a request that was carried out: its id, up to an end of line, which no id has, and behind it what it asked for.
std::string remembered(const control_call& wanted) {
  return wanted.request + '\n' + static_cast<char>('0' + static_cast<int>(wanted.act)) + wanted.text;
}

/// What is asked for again is not done again; and under an id that stands for something else it is not taken for that.
std::optional<call_controlled> asked_before(const std::deque<std::string>& done, const control_call& wanted) {
  if (wanted.request.empty()) return std::nullopt;
  const auto has_id = [id = wanted.request + '\n'](const std::string& one) { return one.starts_with(id); };
  const auto known = std::ranges::find_if(done, has_id);
  if (known == done.end()) return std::nullopt;
  if (*known == remembered(wanted)) return call_controlled{outcome::done, "as it was asked for before"};
  return call_controlled{outcome::refused, "something else was asked for with that X-Request-Id: send another"};
}

/// The end is decided, and the legs close, which the agent's may take seconds over. Twilio, which asks what comes next
/// as soon as the caller's is closed, may dial somebody for him meanwhile, or say a sentence: only it can end that.
call_controlled control_at_end(call_context& call, const control_call& wanted, bool& was_cut_short) {
  const auto& record = call.record();
  const bool ends_it = wanted.act == control_call::action::hang_up;
  if (!call.life->over && model::will_hold_the_line(record))
    return {outcome::at_twilio, "the agent's part of the call is over"};
  if (!ends_it || record.reason != model::end_reason::agent_ended || !call.life->caller_leg)
    return {outcome::over, "the call is ending"};
  if (std::exchange(was_cut_short, true)) return {outcome::over, "the call is ending"};
  call.happened(model::call_event::end_requested);  // he does not hear the rest of the agent's last words
  return {outcome::done, {}};
}

}  // namespace

call_controlled call_control::carry_out(const control_call& wanted) {
  if (auto before = asked_before(done_, wanted)) return *std::move(before);
  const bool ends_it = wanted.act == control_call::action::hang_up;
  if (call_.handing_over) {
    constexpr auto why = "this node stops, and hands the call to another: ask again in a moment";
    if (!ends_it) return {outcome::refused, why};
    if (!call_.is_over()) (void)hang_up(wanted);
    return {outcome::at_twilio, why};  // which may have been told already where to ask next
  }
  auto came = call_controlled{};
  if (call_.is_over()) {
    came = control_at_end(call_, wanted, was_cut_short_);
  } else {
    switch (wanted.act) {
      case control_call::action::hang_up: came = hang_up(wanted); break;
      case control_call::action::transfer: came = put_through(wanted.text); break;
      case control_call::action::say: came = say(wanted.text); break;
    }
  }
  if (came.is == outcome::done && !wanted.request.empty()) {
    if (done_.size() == most_remembered) done_.pop_front();
    done_.push_back(remembered(wanted));
  }
  return came;
}

call_controlled call_control::hang_up(const control_call& wanted) {
  const auto& why = wanted.text.empty() ? by_api : wanted.text;
  call_log::info(call_.record(), "is ended ({why})", {{"why", why}});
  call_.end_because(wanted.reason, why, model::call_event::end_requested);
  return {outcome::done, {}};
}

call_controlled call_control::put_through(const std::string& number) {
  if (!call_.record().answered) return {outcome::refused, "the caller is not on the line yet"};
  const auto verdict = transfer_.ask_for(number);
  if (verdict == model::transfer_verdict::allowed) return {outcome::done, {}};
  std::string why{to_string(verdict)};
  return {outcome::refused, why.append(": ").append(told_to_agent(verdict))};
}

/// As words of the caller's, since a mere update of its context makes no agent speak
/// (docs/protocols/elevenlabs.md#everything-else).
call_controlled call_control::say(const std::string& words) {
  if (!call_.life->agent_live) return {outcome::refused, "no agent is on the line now"};
  call_.note(model::call_moment::tool, "the API had the agent say something");
  call_.self->send(call_.life->agent_leg,
                   prompt_agent{"(A note of the telephone system, not of the caller. Say to the caller now, in the "
                                "language of this conversation and without anything else: " +
                                words + ")"});
  return {outcome::done, {}};
}

}  // namespace tonris::actors
