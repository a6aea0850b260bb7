#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/tenant/tenant.hpp"

namespace tonris::model {

/// Which tenants of a list are meant.
struct tenant_filter {
  std::optional<tenant::status_type> status{};
  std::string text{};  ///< somewhere in the id or the name, ASCII letters of either case; "": any
};

/// Of a tenant's document as to_json writes it; only the fields that are asked for are looked at.
[[nodiscard]] bool fits(const tenant_filter& filter, std::string_view json);

}  // namespace tonris::model
