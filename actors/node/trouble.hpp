#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tonris::actors {

/// Because of what GET /ready may say degraded.
enum class node_trouble : std::uint8_t {
  calls_store,
  tenants_store,   ///< Redis
  admissions,      ///< among the nodes, at Redis
  tenants,         ///< secrets that cannot be opened, reservations, numbers
  default_tenant,  ///< DEFAULT_TENANT is no tenant
  records_out,     ///< of ended calls, to the other nodes
  records_in,      ///< from them
};
inline constexpr std::size_t node_trouble_count = static_cast<std::size_t>(node_trouble::records_in) + 1;
[[nodiscard]] std::string_view to_string(node_trouble part) noexcept;  ///< "call_store": metrics

}  // namespace tonris::actors
