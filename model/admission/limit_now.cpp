#include "model/admission/limit_now.hpp"

#include <algorithm>

namespace tonris::model {

namespace {

std::uint64_t booked(std::int64_t sum) noexcept {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(sum, 0));
}

bool is_met(std::uint64_t limit, std::uint64_t used) noexcept {
  return limit > 0 && used >= limit;
}

}  // namespace

std::optional<admission_verdict> limit_met(const admission_limits& limits, const used_now& used) noexcept {
  if (used.calls >= limits.calls) return admission_verdict::concurrency;
  if (is_met(limits.calls_per_minute, used.within_minute)) return admission_verdict::rate;
  if (is_met(limits.month_seconds, booked(used.month.seconds))) return admission_verdict::minutes;
  if (is_met(limits.month_microdollars, booked(used.month.microdollars))) return admission_verdict::cost;
  if (is_met(limits.vendor_calls, used.at_vendor)) return admission_verdict::vendor;
  return std::nullopt;
}

}  // namespace tonris::model
