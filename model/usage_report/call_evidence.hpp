#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "model/tenant/tenant.hpp"
#include "model/usage_report/experiment.hpp"
#include "model/usage_report/grouped_usage.hpp"

namespace tonris::model {

/// The name by which records and usage know a variant.
[[nodiscard]] const std::string& name_of(const tenant::agent_choice& variant) noexcept;

/// Its variant was drawn, and another agent of the tenant's had to serve it: by the agents that the tenant has now. One
/// who is not the tenant's any more tells nothing: the variant may have been his.
[[nodiscard]] bool is_served_by_another(const tenant& t, const usage_entry& whose) noexcept;

/// What a call says of its variant, in a tenant's experiment.
struct call_evidence {
  std::optional<bool> well, is_judged;  ///< as went_well and was_judged
};
/// One that another agent had to serve went badly for the variant, however it ended.
[[nodiscard]] call_evidence evidence_of(const usage_entry& whose, const usage_figures& used, std::optional<bool> judged,
                                        const tenant& t, tenant::experiment_type::outcome_type asked,
                                        std::chrono::system_clock::time_point now) noexcept;

}  // namespace tonris::model
