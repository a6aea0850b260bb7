#pragma once

#include "model/call/record.hpp"

namespace tonris::model {

/// Adds a caller's message to his call's record. False when it is there already: Twilio may report a recording twice.
bool add_voicemail(call_record& record, const call_record::voicemail_message& message);

}  // namespace tonris::model
