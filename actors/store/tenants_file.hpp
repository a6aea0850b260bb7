#pragma once

#include <string>

#include <tl/expected.hpp>

#include "model/tenant/business_types.hpp"
#include "model/tenant/list.hpp"

namespace tonris::actors {

/// TENANTS_FILE as it is on the disk now, its time zones looked up in the system's database. Blocks. The error is one
/// line that names the file: it cannot be read, or is no JSON list. "": no tenants.
[[nodiscard]] tl::expected<model::tenant_list, std::string> read_tenants_file(const std::string& file);

/// BUSINESS_TYPES_FILE likewise. "": none.
[[nodiscard]] tl::expected<model::business_types, std::string> read_business_types_file(const std::string& file);

}  // namespace tonris::actors
