#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "actors/store/tenant_rows.hpp"

namespace tonris::ctl {

/// Tenants where they are kept, without a gateway in front of them. Blocks. An error is one line: the store cannot say,
/// or, of a change, nobody knows whether it was made.
class kept_tenants {
 public:
  template <class T>
  using result = tl::expected<T, std::string>;

  kept_tenants() = default;
  virtual ~kept_tenants() = default;
  kept_tenants(const kept_tenants&) = delete;
  kept_tenants& operator=(const kept_tenants&) = delete;

  virtual result<std::optional<actors::stored_tenant>> find(const model::tenant_id& id) = 0;
  /// `number`: in its meeting form.
  virtual result<std::optional<actors::stored_tenant>> find_by_number(std::string_view number) = 0;
  virtual result<actors::tenant_page> page(const model::tenant_id& after) = 0;
  virtual result<actors::tenant_written> write(const actors::tenant_write& wanted) = 0;
  /// With its keys, which the audit trail is told.
  virtual result<actors::tenant_written> erase(const model::tenant_id& id) = 0;
};

}  // namespace tonris::ctl
