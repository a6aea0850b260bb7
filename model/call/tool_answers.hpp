#pragma once

#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "model/call/record.hpp"
#include "model/tenant/tenant.hpp"

namespace tonris::model {

/// What the gateway itself answers an agent's tool, from the tenant's document and its calls: one JSON object, at most
/// 4 KiB, well-formed UTF-8 whatever the tenant wrote. What does not fit is left out, a member or an item as a whole,
/// and then there is `"more":true`. Sentences are English; the agent says them in its caller's language.
inline constexpr std::size_t max_built_in_answer_bytes = 4096;

/// `{"open_now", "sentence", "open_until", "next_opening": {"date", "weekday", "time"}, "local_time", "timezone",
/// "hours"}`; where no hours are set, or their zone is unknown, only `sentence`. The first question for a zone reads
/// its file (model/tenant/hours.hpp).
[[nodiscard]] std::string business_hours_answer(const tenant& t, std::chrono::system_clock::time_point at);

/// `{"name", "numbers": […], "hours", "address": {"street", …}, "contact_email", "contact_phone", "variables": {…}}`:
/// what the tenant has set. Of its variables those that begin with `secret__` are left out, and what the vendor
/// reserves.
[[nodiscard]] std::string business_profile_answer(const tenant& t);

/// A call that is over, and what the vendor's report says of it ("" for nothing).
struct past_call {
  const call_record& record;
  std::string_view summary;
};
/// `{"known_caller": true, "calls": [{"date", "weekday", "minutes", "outcome", "summary"}]}`: the last five at most,
/// newest first, of `now`'s tenant and its caller (whom an outbound call was placed to, likewise), without `now`
/// itself. Any list may be given: other tenants', other callers' and unfinished calls are passed over. Dates are those
/// of the tenant's zone, else UTC. A caller who withholds his number has no history. Minutes are begun ones.
[[nodiscard]] std::string caller_history_answer(std::span<const past_call> calls, const call_record& now,
                                                const tenant& t);

/// `{"call_sid", "direction", "caller_number", "called_number", "agent_id", "started", "seconds", "language"}`: since
/// the caller is connected, else since the call came in; without a language where the tenant has none.
[[nodiscard]] std::string call_context_answer(const call_record& now, const tenant& t,
                                              std::chrono::system_clock::time_point at);

}  // namespace tonris::model
