#include "model/call/refusal.hpp"

#include <gtest/gtest.h>

#include <set>

namespace tonris::model {
namespace {

using kind = call_route::kind;
using status = tenant::status_type;

struct row {
  kind what;
  route_rule rule;
  status is;
  std::optional<end_reason> refused_for;
};

TEST(Refusal, FollowsFromTheRouteAndTheTenantsStatus) {
  for (const auto& [what, rule, is, refused_for] : {
           row{kind::agent, route_rule::agent, status::active, std::nullopt},
           row{kind::agent, route_rule::closed, status::active, std::nullopt},
           row{kind::say, route_rule::not_active, status::pending, end_reason::tenant_pending},
           row{kind::say, route_rule::not_active, status::suspended, end_reason::tenant_suspended},
           row{kind::say, route_rule::not_active, status::cancelled, end_reason::tenant_cancelled},
           row{kind::block, route_rule::blocked_caller, status::active, end_reason::caller_blocked},
           row{kind::block, route_rule::caller_rule, status::active, end_reason::caller_blocked},
           row{kind::transfer, route_rule::caller_rule, status::active, end_reason::sent_on},
           row{kind::say, route_rule::closed, status::active, end_reason::closed},
           row{kind::transfer, route_rule::closed, status::active, end_reason::closed},
           row{kind::voicemail, route_rule::closed, status::active, end_reason::closed},
           row{kind::agent, route_rule::default_tenant, status::active, std::nullopt},
           row{kind::say, route_rule::no_agent, status::active, end_reason::no_agent},
           row{kind::say, route_rule::agents_failing, status::active, end_reason::agents_failing},
       }) {
    call_route route;
    route.what = what;
    route.rule = rule;
    EXPECT_EQ(refusal_of(route, is), refused_for) << to_string(rule);
  }
}

TEST(Refusal, HasAReasonOfItsOwnForEachLimit) {
  std::set<end_reason> reasons;
  for (const auto limit :
       {admission_verdict::concurrency, admission_verdict::caller, admission_verdict::rate, admission_verdict::minutes,
        admission_verdict::cost, admission_verdict::vendor, admission_verdict::young})
    reasons.insert(reason_of(limit));
  EXPECT_EQ(reasons.size(), 7u);
  EXPECT_EQ(reason_of(admission_verdict::lost), end_reason::usage_unknown);
  EXPECT_EQ(reason_of(admission_verdict::elsewhere), end_reason::usage_unknown);
  EXPECT_EQ(reason_of(admission_verdict::ok), end_reason::internal_error);
}

}  // namespace
}  // namespace tonris::model
