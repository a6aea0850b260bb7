#pragma once

#include <vector>

#include "model/tenant/business_types.hpp"
#include "model/tenant/tenant.hpp"

namespace tonris::model {

/// Every agent that a call of the tenant's may get, each once: those it names, anywhere, and where a call may come to
/// none of them that of its kind of business, else `default_agent`. Without any, nobody answers its calls.
[[nodiscard]] std::vector<agent_id> agents_of(const tenant& t, const business_types& by_business,
                                              const agent_id& default_agent);

}  // namespace tonris::model
