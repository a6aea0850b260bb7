#include "model/admission/tenant_limits.hpp"

#include <algorithm>
#include <cmath>

namespace tonris::model {

namespace {

constexpr std::uint64_t burst_factor = 3, burst_most = 300;

std::uint64_t microdollars_of(double dollars) noexcept {
  return static_cast<std::uint64_t>(std::llround(dollars * 1e6));
}

/// Four fifths, without a division.
month_level level(std::int64_t used, std::uint64_t limit) noexcept {
  const auto of = static_cast<std::uint64_t>(std::max<std::int64_t>(used, 0));
  if (of >= limit) return month_level::over;
  return of * 5 >= limit * 4 ? month_level::nearly : month_level::fine;
}

bool has_own_key(const tenant& t) noexcept {
  return t.secrets.api_key.is != tenant_secret::form::none;
}

}  // namespace

std::string vendor_of(const tenant& t) {
  return has_own_key(t) ? "own:" + t.id.value : std::string{shared_vendor_key};
}

admission_limits limits_of(const tenant& t, std::uint64_t vendor_calls) noexcept {
  const auto& given = t.limits;
  admission_limits limits;
  if (given.max_concurrent_calls) limits.calls = *given.max_concurrent_calls;
  limits.calls_per_minute = given.calls_per_minute.value_or(0);
  limits.month_seconds = std::uint64_t{given.minutes_per_month.value_or(0)} * 60;
  limits.month_microdollars = microdollars_of(given.cost_per_month.value_or(0));
  if (given.caller_calls) {
    limits.caller_calls = given.caller_calls->calls;
    limits.caller_window = std::chrono::seconds{given.caller_calls->seconds};
  }
  const auto at_vendor = has_own_key(t) ? given.vendor_calls.value_or(0) : vendor_calls;
  limits.vendor_calls = given.burst ? std::max(at_vendor, std::min(at_vendor * burst_factor, burst_most)) : at_vendor;
  return limits;
}

std::optional<admission_verdict> refused_outright(const tenant& t) noexcept {
  if (t.limits.minutes_per_month == 0u) return admission_verdict::minutes;
  if (t.limits.cost_per_month && microdollars_of(*t.limits.cost_per_month) == 0) return admission_verdict::cost;
  return std::nullopt;
}

month_level level_of(const month_sums& used, const tenant& t) noexcept {
  auto worst = month_level::fine;
  if (t.limits.minutes_per_month) worst = level(used.seconds, std::uint64_t{*t.limits.minutes_per_month} * 60);
  if (t.limits.cost_per_month)
    worst = std::max(worst, level(used.microdollars, microdollars_of(*t.limits.cost_per_month)));
  return worst;
}

bool is_worth_waiting(admission_verdict v) noexcept {
  return v == admission_verdict::concurrency || v == admission_verdict::rate || v == admission_verdict::vendor;
}

}  // namespace tonris::model
