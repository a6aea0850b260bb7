#pragma once

#include <cstdint>
#include <optional>

#include "model/admission/table.hpp"
#include "model/admission/verdict.hpp"

namespace tonris::model {

/// What is used of a tenant's limits.
struct used_now {
  std::uint64_t calls = 0, within_minute = 0;
  month_sums month{};
  std::uint64_t at_vendor = 0;  ///< of all tenants with that key
};

/// Which of them a call would meet that came in now, in the order in which admission looks. Not the caller's own, whom
/// nobody counts here, nor what others' reservations leave at the vendor.
[[nodiscard]] std::optional<admission_verdict> limit_met(const admission_limits& limits, const used_now& used) noexcept;

}  // namespace tonris::model
