#include "model/outbound/search.hpp"

#include "model/phone/number.hpp"

namespace tonris::model {

std::optional<call_sid> find_placed(const dial& wanted, const std::vector<twilio::listed_call>& listed,
                                    const std::function<bool(const call_sid&)>& is_taken) {
  const auto fits = [&](const twilio::listed_call& call) {
    return twilio::is_outbound(call.direction) && call.created && *call.created >= wanted.began_at - search_slack &&
           is_same_number(call.to, wanted.asked.to) && is_same_number(call.from, wanted.asked.from) &&
           !is_taken(call.sid);
  };
  std::optional<call_sid> found;
  for (const auto& call : listed) {
    if (!fits(call)) continue;
    if (found) return std::nullopt;
    found = call.sid;
  }
  return found;
}

bool is_hung_up_on(const dial& one, const std::optional<who_answered>& heard) noexcept {
  using twilio::answered_by;
  const bool is_machine = heard && (heard->by == answered_by::machine || heard->by == answered_by::fax);
  return is_machine && one.machine == tenant::outbound_type::machine_type::hang_up;
}

std::optional<end_reason> ended_before(const dial& one) noexcept {
  if (one.hung_up) return end_reason::operator_hung_up;
  return is_hung_up_on(one, one.heard) ? std::optional{end_reason::machine_answered} : std::nullopt;
}

end_reason unanswered_reason(twilio::call_status status, bool hung_up) noexcept {
  switch (status) {
    case twilio::call_status::busy: return end_reason::callee_busy;
    case twilio::call_status::no_answer: return end_reason::callee_no_answer;
    case twilio::call_status::canceled: return hung_up ? end_reason::operator_hung_up : end_reason::call_canceled;
    case twilio::call_status::failed: return end_reason::callee_unreachable;
    // Somebody answered, and Twilio could not ask us what to do.
    case twilio::call_status::completed: return hung_up ? end_reason::operator_hung_up : end_reason::stream_never_came;
    case twilio::call_status::queued:
    case twilio::call_status::initiated:
    case twilio::call_status::ringing:
    case twilio::call_status::in_progress:
    case twilio::call_status::unknown: return end_reason::stream_never_came;
  }
  return end_reason::stream_never_came;
}

}  // namespace tonris::model
