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

}  // namespace tonris::model
