#pragma once

#include "model/access/audit.hpp"
#include "model/text/ids.hpp"

namespace tonris::model {

/// What the audit trail is told of the keys of a tenant that is removed.
[[nodiscard]] audit_entry keys_gone_with(const tenant_id& tenant, audit_entry::time at);

}  // namespace tonris::model
