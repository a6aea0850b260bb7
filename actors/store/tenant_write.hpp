#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "actors/store/tenant_rows.hpp"
#include "model/tenant/tenant.hpp"

namespace tonris::actors {

/// The numbers that lead to a tenant, in their meeting forms; each once.
[[nodiscard]] std::vector<std::string> called_numbers(const model::tenant& t);

/// How a tenant is written down, his secrets sealed. The same tenant again is the same request.
[[nodiscard]] tenant_write write_of(const model::tenant& t, std::string_view want);

/// Of a change, from whatever tells it from all others.
[[nodiscard]] std::string request_id(std::string_view of);

}  // namespace tonris::actors
