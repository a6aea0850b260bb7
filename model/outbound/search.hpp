#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "model/call/end_reason.hpp"
#include "model/outbound/dials.hpp"
#include "model/twilio/placed_call.hpp"

namespace tonris::model {

/// Which call Twilio has placed of an order it did not answer: between the same two numbers, made since (`slack` for
/// clocks that differ), and none that another dial has. Nothing: there is none, or there are several and nobody can
/// tell which; what Twilio reports with the dial's ticket tells.
inline constexpr std::chrono::seconds search_slack{5};
[[nodiscard]] std::optional<call_sid> find_placed(const dial& wanted, const std::vector<twilio::listed_call>& listed,
                                                  const std::function<bool(const call_sid&)>& is_taken);

/// Somebody who answers it with such a voice is hung up on.
[[nodiscard]] bool is_hung_up_on(const dial& one, const std::optional<who_answered>& heard) noexcept;
/// Why nobody who answers it now is served.
[[nodiscard]] std::optional<end_reason> ended_before(const dial& one) noexcept;

/// Why a call of the tenant's own ended that was never answered here, by Twilio's last word on it. `hung_up`: somebody
/// here wanted its end.
[[nodiscard]] end_reason unanswered_reason(twilio::call_status status, bool hung_up = false) noexcept;

}  // namespace tonris::model
