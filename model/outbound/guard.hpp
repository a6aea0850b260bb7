#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "model/tenant/tenant.hpp"

namespace tonris::model {

/// May the gateway call that number for the tenant? In the order in which it is asked (docs/tenants.md#outbound-calls).
enum class dial_verdict : std::uint8_t {
  allowed,
  off,          ///< the tenant has no `settings.outbound`, or it is not enabled
  not_active,   ///< the tenant's status
  not_allowed,  ///< no prefix of the tenant's
  own_number,   ///< the call would come back
  premium,
  satellite,
  shared_cost,
  quiet_hours,
  zone_unknown,  ///< there are quiet hours, and nobody knows where the number rings
  being_called,  ///< the number is, by the tenant, and whether that call was placed is not known yet
  too_many_a_minute,
  too_many_a_day,
  full,      ///< this node waits for too many answers
  stopping,  ///< this node places no more calls
};
inline constexpr std::size_t dial_verdict_count = static_cast<std::size_t>(dial_verdict::stopping) + 1;
[[nodiscard]] std::string_view to_string(dial_verdict verdict) noexcept;  ///< "quiet_hours", for metrics
/// Why not, for whoever asked; it holds no number.
[[nodiscard]] std::string_view explain(dial_verdict verdict) noexcept;

/// By the tenant's settings and the time alone: all above `being_called`. `to`: E.164, as dialled_number gives it.
[[nodiscard]] dial_verdict decide_dial(const tenant& t, std::string_view to, std::chrono::system_clock::time_point now);

}  // namespace tonris::model
