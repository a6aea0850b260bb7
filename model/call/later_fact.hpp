#pragma once

#include <cstddef>
#include <variant>

#include "model/call/record.hpp"

namespace tonris::model {

/// What a call's record learns from others, while the call goes on or long after its end.
using later_fact = std::variant<call_record::voicemail_message, call_record::vendor_report, call_record::tool_call,
                                call_record::note, call_record::charge, call_record::recording, call_record::leg,
                                call_record::hang_up, carrier_progress, who_answered>;

/// A record takes so many of each; of what comes beyond, nothing.
inline constexpr std::size_t max_voicemails = 100, max_reports = 50, max_tool_calls = 500, max_notes = 100,
                             max_recordings = 100, max_legs = 20;

/// Adds the fact to its record. False where that changes nothing: whoever tells may tell twice, and not everything in
/// order. Reports of one conversation become one, whose later parts fill in what the earlier ones left empty; what they
/// say of the price goes into the call's cost, final once each of its conversations has one. Of charges the vendor's
/// final word stands, for each leg and recording by itself, and their sums with them; of a recording that it is over,
/// and of what Twilio says of its progress what is furthest (carrier_progress.hpp), by whose length the call's estimate
/// is from then on; that it was hung up stands once.
bool add_fact(call_record& record, const later_fact& fact);

}  // namespace tonris::model
