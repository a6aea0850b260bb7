#pragma once

#include <cstdint>
#include <optional>

#include "model/call/record.hpp"
#include "model/usage/rates.hpp"

namespace tonris::model {

/// What of so many seconds of a conversation these rates make, in US dollars; a burst costs twice as much.
[[nodiscard]] micros conversation_price(const usage_rates& rates, std::int64_t seconds, bool burst) noexcept;

/// By its direction.
[[nodiscard]] dialled_by who_dialled(const call_record& record) noexcept;

/// Enters what the conversation costs at these rates: the vendor's charge, where it tells its credits and the rates
/// what one of them costs, with the model in it; else an estimate by the seconds that it tells.
void price_report(call_record::vendor_report& report, const usage_rates& rates) noexcept;

/// What a call costs so far, or in all once it has ended, by the rates at its start: `seconds` are metered ones, which
/// the connection costs only until Twilio has told its own length (settle_connection). What a vendor has said stays.
/// Without a conversation it has nothing to report: that costs nothing, which is final at the end.
void estimate_cost(call_record& record, const rate_card& rates, std::int64_t seconds, call_record::time at);

/// What a call costs that was answered with some words: a minute, until Twilio has told its own length.
void estimate_refusal(call_record& record, const rate_card& rates, call_record::time at);

/// Twilio has told how long the call was, or that nobody took it: an estimate of the connection is by that from then
/// on, at what a minute cost in the one before, and as old as what was told. It bills by its length, which begins at
/// its answer and goes on behind our part of the call. What it says of the price stays. `before`: what was known of it.
void settle_connection(call_record& record, const std::optional<carrier_progress>& before);

/// What the vendor's reports say that the conversations cost. It is all there is to come once the call has ended and
/// each of its conversations has its own; the vendor's word, once each of them is charged, else an estimate.
void settle_reports(call_record& record);

/// What a call's media streams cost so far, or in all once it has ended, by the rates at its start: each minute of each
/// that has begun, from its start on. Twilio tells nobody what they cost, so nothing newer is to come at the end.
[[nodiscard]] cost_part estimate_of_streams(const rate_card& rates, const call_record& record, call_record::time at);

/// What it costs that Twilio listens for a machine, on a call that was answered; likewise told by nobody. Nothing: it
/// was not asked to, or nobody has said at what price.
[[nodiscard]] std::optional<cost_part> estimate_of_detection(const rate_card& rates, call_record::time started,
                                                             bool was_asked_for);

/// What a leg that was dialled costs by the rates at the call's start, and a recording or message, of so many seconds.
[[nodiscard]] cost_part estimate_of_leg(const rate_card& rates, call_record::time started, const call_record::leg& leg);
[[nodiscard]] cost_part estimate_of_recording(const rate_card& rates, call_record::time started, std::int64_t seconds,
                                              call_record::time at);

/// What Twilio has said that a part costs, with what that is in US dollars at the call's start.
[[nodiscard]] cost_part twilios_price(const rate_card& rates, call_record::time started, const money& said,
                                      call_record::time at);

/// What all of them cost, as far as it is known of each: the vendor's word where that is of all, final where all are.
/// In the one currency that they have; of several in US dollars; where of one these are not known, what is said so far
/// in the currency that was told last.
void settle_legs(call_record& record);
void settle_recordings(call_record& record);

/// Has somebody taken it?
[[nodiscard]] bool was_answered(const call_record::leg& leg) noexcept;

}  // namespace tonris::model
