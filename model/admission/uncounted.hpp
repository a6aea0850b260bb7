#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "model/admission/table.hpp"
#include "model/admission/verdict.hpp"
#include "model/tenant/tenant.hpp"

namespace tonris::model {

/// Who has a limit of money is let in uncounted so long, and no longer.
inline constexpr std::chrono::minutes uncounted_money{15};

/// What is known of a tenant while the counts cannot be asked.
struct last_known {
  std::uint64_t here = 0;       ///< its calls on this node, now
  std::uint64_t elsewhere = 0;  ///< on others, when they were heard of last
  month_sums month{};           ///< this node's now, and the others' likewise
  std::chrono::steady_clock::duration silent{};
};

/// By the tenant's `limits.whenUnknown`, as far as what is known of it leaves room. Nothing: it comes in. `lost`:
/// nobody can say.
[[nodiscard]] std::optional<admission_verdict> refusal_while_unknown(const tenant& t, const last_known& known) noexcept;

}  // namespace tonris::model
