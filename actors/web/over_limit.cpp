#include "actors/web/over_limit.hpp"

#include <memory>

#include "model/admission/tenant_limits.hpp"

namespace tonris::actors {

using model::admission_verdict;
using model::end_reason;

end_reason reason_of(admission_verdict limit) noexcept {
  switch (limit) {
    case admission_verdict::concurrency: return end_reason::tenant_busy;
    case admission_verdict::caller: return end_reason::caller_rate;
    case admission_verdict::rate: return end_reason::tenant_rate;
    case admission_verdict::minutes: return end_reason::month_minutes;
    case admission_verdict::cost: return end_reason::month_cost;
    case admission_verdict::vendor: return end_reason::vendor_full;
    case admission_verdict::elsewhere:
    case admission_verdict::young:
    case admission_verdict::lost: return end_reason::usage_unknown;
    case admission_verdict::ok:
    case admission_verdict::ended: break;
  }
  return end_reason::internal_error;
}

tenant_ptr over_limit(const model::tenant& t, admission_verdict limit) {
  auto met = std::make_shared<model::tenant>(t);
  met->fallback = model::overflow_of(t, limit != admission_verdict::caller);
  return met;
}

}  // namespace tonris::actors
