#pragma once

#include "model/call/record.hpp"

namespace tonris::model {

/// Will its caller be Twilio's once our part of the call is over, whose end is decided: for whom he is put through to,
/// a message or a sentence? Not where Twilio hangs up by itself then, has said that the call is over or was told to end
/// it.
[[nodiscard]] bool will_hold_the_line(const call_record& record) noexcept;

/// May its caller be on the line still, at Twilio, although our part of the call has ended: with whom he was put
/// through to, at a message, or while a sentence is said? As above, and not a day later, which no call at Twilio lasts.
[[nodiscard]] bool may_hold_the_line(const call_record& record, call_record::time now) noexcept;

}  // namespace tonris::model
