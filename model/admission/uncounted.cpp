#include "model/admission/uncounted.hpp"

#include <algorithm>

#include "model/admission/tenant_limits.hpp"

namespace tonris::model {

namespace {

bool is_used_up(std::int64_t used, std::uint64_t limit) noexcept {
  return limit > 0 && static_cast<std::uint64_t>(std::max<std::int64_t>(used, 0)) >= limit;
}

}  // namespace

std::optional<admission_verdict> refusal_while_unknown(const tenant& t, const last_known& known) noexcept {
  if (const auto nothing = refused_outright(t)) return nothing;
  if (t.limits.when_unknown == tenant::when_unknown_type::refuse) return admission_verdict::lost;
  if (t.limits.cost_per_month && known.silent >= uncounted_money) return admission_verdict::lost;
  const auto limits = limits_of(t, 0);
  if (known.here + known.elsewhere >= limits.calls) return admission_verdict::concurrency;
  if (is_used_up(known.month.seconds, limits.month_seconds)) return admission_verdict::minutes;
  if (is_used_up(known.month.microdollars, limits.month_microdollars)) return admission_verdict::cost;
  return std::nullopt;
}

}  // namespace tonris::model
