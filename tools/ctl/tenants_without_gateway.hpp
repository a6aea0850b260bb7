#pragma once

#include <memory>

#include "model/access/audit.hpp"
#include "tools/ctl/kept_tenants.hpp"
#include "tools/ctl/tenants.hpp"

namespace tonris::ctl {

/// The API's words about tenants, answered from where they are kept, by the gateway's own rules.
[[nodiscard]] tenants_door door_to(std::unique_ptr<kept_tenants> tenants);

/// What the audit trail is told of the keys of a tenant that is removed.
[[nodiscard]] model::audit_entry keys_gone_with(const model::tenant_id& tenant);

}  // namespace tonris::ctl
