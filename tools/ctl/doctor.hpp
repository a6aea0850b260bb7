#pragma once

#include "model/doctor/finding.hpp"
#include "tools/ctl/patient.hpp"

namespace tonris::ctl {

/// Looks at all areas, beside each other, each within `each`; sorted. One that fails is a finding of its own. Blocks.
[[nodiscard]] model::doctor::findings examine(const patient& p, std::chrono::milliseconds each);

}  // namespace tonris::ctl
