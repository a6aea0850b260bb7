#include "model/call/refusal.hpp"

namespace tonris::model {

namespace {

end_reason of_status(tenant::status_type status) noexcept {
  switch (status) {
    case tenant::status_type::pending: return end_reason::tenant_pending;
    case tenant::status_type::cancelled: return end_reason::tenant_cancelled;
    case tenant::status_type::active:
    case tenant::status_type::suspended: break;
  }
  return end_reason::tenant_suspended;
}

}  // namespace

std::optional<end_reason> refusal_of(const call_route& route, tenant::status_type status) noexcept {
  if (route.what == call_route::kind::agent) return std::nullopt;
  switch (route.rule) {
    case route_rule::not_active: return of_status(status);
    case route_rule::blocked_caller: return end_reason::caller_blocked;
    case route_rule::caller_rule:
      return route.what == call_route::kind::block ? end_reason::caller_blocked : end_reason::sent_on;
    case route_rule::closed: return end_reason::closed;
    case route_rule::agents_failing: return end_reason::agents_failing;
    case route_rule::number:
    case route_rule::agents:
    case route_rule::agent:
    case route_rule::business_type:
    case route_rule::default_agent:
    case route_rule::default_tenant:
    case route_rule::no_agent: break;
  }
  return end_reason::no_agent;
}

end_reason reason_of(admission_verdict why) noexcept {
  switch (why) {
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

}  // namespace tonris::model
