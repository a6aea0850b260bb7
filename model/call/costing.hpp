#pragma once

#include <cstdint>

#include "model/call/record.hpp"
#include "model/usage/rates.hpp"

namespace tonris::model {

/// What of so many seconds of a conversation these rates make, in US dollars; a burst costs twice as much.
[[nodiscard]] micros conversation_price(const usage_rates& rates, std::int64_t seconds, bool burst) noexcept;

/// By its direction.
[[nodiscard]] dialled_by who_dialled(const call_record& record) noexcept;

/// What a call costs so far, or in all once it has ended, by the rates at its start: `seconds` are metered ones. What a
/// vendor has said stays.
void estimate_cost(call_record& record, const rate_card& rates, std::int64_t seconds, call_record::time at);

/// What the vendor's reports say that the conversations cost. It is all there is to come once the call has ended and
/// each of its conversations has its own.
void settle_reports(call_record& record);

/// What a leg that was dialled costs by the rates at the call's start, and a recording or message, of so many seconds.
[[nodiscard]] cost_part estimate_of_leg(const rate_card& rates, call_record::time started, const call_record::leg& leg);
[[nodiscard]] cost_part estimate_of_recording(const rate_card& rates, call_record::time started, std::int64_t seconds,
                                              call_record::time at);

/// What all of them cost, as far as it is known of each: the vendor's word where that is of all, final where all are.
void settle_legs(call_record& record);
void settle_recordings(call_record& record);

/// Has somebody taken it?
[[nodiscard]] bool was_answered(const call_record::leg& leg) noexcept;

}  // namespace tonris::model
