#pragma once

#include <memory>

#include "tools/ctl/kept_tenants.hpp"
#include "tools/ctl/tenants.hpp"

namespace tonris::ctl {

/// The API's words about tenants, answered from where they are kept, by the gateway's own rules.
[[nodiscard]] tenants_door door_to(std::unique_ptr<kept_tenants> tenants);

}  // namespace tonris::ctl
