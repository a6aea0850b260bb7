#pragma once

#include "model/doctor/finding.hpp"
#include "tools/ctl/patient.hpp"

namespace tonris::ctl {

// Each looks at one area by real I/O, within `time`, and lets the rules of model/doctor/ judge what it found. What
// cannot be looked at is a finding. They run beside each other.
using model::doctor::findings;

[[nodiscard]] findings look_at_settings(const patient& p, const remaining_time& time);
[[nodiscard]] findings look_at_gateway(const patient& p, const remaining_time& time);
[[nodiscard]] findings look_at_public_address(const patient& p, const remaining_time& time);
[[nodiscard]] findings look_at_certificate(const patient& p, const remaining_time& time);
[[nodiscard]] findings look_at_twilio(const patient& p, const remaining_time& time);
[[nodiscard]] findings look_at_elevenlabs(const patient& p, const remaining_time& time);
[[nodiscard]] findings look_at_redis(const patient& p, const remaining_time& time);
[[nodiscard]] findings look_at_machine(const patient& p, const remaining_time& time);

}  // namespace tonris::ctl
