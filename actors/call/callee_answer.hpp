#pragma once

#include "actors/call/messages.hpp"
#include "model/outbound/dials.hpp"

namespace tonris::actors {

/// Twilio's machine detection has heard who answered a call that this node serves: its record learns it, and a machine
/// is hung up on where that is wanted. Any thread.
void tell_who_answered(const call_supervisor& supervisor, const model::dial& dial, const model::who_answered& heard);

}  // namespace tonris::actors
