#pragma once

#include "model/call/record.hpp"

namespace tonris::model {

/// Two gateways may each have made a record of one CallSid: Twilio asked one of them, and again the other. Which of
/// both stands, at every node alike: a tenant's before nobody's; whose caller's stream began before one without; the
/// earlier. False where they began at once: that is one call, and the newer word about it stands.
[[nodiscard]] bool stands_before(const call_record& one, const call_record& other) noexcept;

}  // namespace tonris::model
