#pragma once

#include "model/call/record.hpp"

namespace tonris::model {

/// May its caller be on the line still, at Twilio, although our part of the call has ended: with whom he was put
/// through to, at a message, or while a sentence is said? Not where Twilio hangs up by itself, has said that the call
/// is over or was told to end it, nor a day later, which no call at Twilio lasts.
[[nodiscard]] bool may_hold_the_line(const call_record& record, call_record::time now) noexcept;

}  // namespace tonris::model
