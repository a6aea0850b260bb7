#include "actors/node/trouble.hpp"

namespace tonris::actors {

std::string_view to_string(node_trouble part) noexcept {
  constexpr std::string_view names[] = {"call_store",     "tenant_store", "admission", "tenants",
                                        "default_tenant", "records_out",  "records_in"};
  return names[static_cast<std::size_t>(part)];
}

}  // namespace tonris::actors
