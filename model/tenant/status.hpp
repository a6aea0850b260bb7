#pragma once

#include "model/tenant/tenant.hpp"

namespace tonris::model {

/// pending -> active <-> suspended -> cancelled: whether a tenant may go from one to the other; to what it is already
/// it always may. Who was cancelled stays so: his number goes to another tenant, who signs up anew.
[[nodiscard]] constexpr bool may_become(tenant::status_type from, tenant::status_type to) noexcept {
  using enum tenant::status_type;
  if (from == to) return true;
  if (from == cancelled || to == pending) return false;
  return to != suspended || from == active;
}

}  // namespace tonris::model
