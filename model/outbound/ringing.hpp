#pragma once

#include "model/call/record.hpp"
#include "model/outbound/dials.hpp"

namespace tonris::model {

/// The record of a call that we have placed, until somebody answers: it rings, since Twilio was asked for it.
[[nodiscard]] call_record record_of(const dial& one);

}  // namespace tonris::model
