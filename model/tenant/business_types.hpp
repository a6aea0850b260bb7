#pragma once

#include <map>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "model/tenant/tenant.hpp"

namespace tonris::model {

/// The operator's agents for tenants that name none, by what kind of business they are: BUSINESS_TYPES_FILE.
class business_types {
 public:
  business_types() = default;
  explicit business_types(std::map<std::string, agent_id> agents);
  /// "" for none. Capitals and blanks around it do not matter.
  [[nodiscard]] agent_id agent_of(std::string_view business_type) const;
  [[nodiscard]] std::size_t size() const noexcept { return agents_.size(); }

 private:
  std::map<std::string, agent_id> agents_;
};

/// A JSON object such as {"salon": "agent_abc"}; at most 1,000 of them.
[[nodiscard]] tl::expected<business_types, tenant_error> parse_business_types(std::string_view json);

}  // namespace tonris::model
