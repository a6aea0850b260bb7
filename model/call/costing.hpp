#pragma once

#include <cstdint>

#include "model/call/record.hpp"
#include "model/usage/rates.hpp"

namespace tonris::model {

/// What of so many seconds of a conversation these rates make, in US dollars; a burst costs twice as much.
[[nodiscard]] micros conversation_price(const usage_rates& rates, std::int64_t seconds, bool burst) noexcept;

/// What a call costs so far, or in all once it has ended, by the rates at its start: `seconds` are metered ones. What a
/// vendor has said stays.
void estimate_cost(call_record& record, const rate_card& rates, std::int64_t seconds, call_record::time at);

/// What the vendor's reports say that the conversations cost. It is all there is to come once the call has ended and
/// each of its conversations has its own.
void settle_reports(call_record& record);

}  // namespace tonris::model
