#include "actors/web/over_limit.hpp"

#include <gtest/gtest.h>

#include <set>

namespace tonris::actors {
namespace {

using model::admission_verdict;
using model::end_reason;

TEST(OverLimit, HasAReasonOfItsOwnForEachLimit) {
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

TEST(OverLimit, PutsWhatTheTenantChoseInThePlaceOfItsFallback) {
  model::tenant t;
  t.id = {"salon-1"};
  t.fallback.transfer_to = "+15550109999";
  t.limits.overflow.what = model::tenant::action::voicemail;
  EXPECT_TRUE(over_limit(t, admission_verdict::concurrency)->fallback.voicemail);
  EXPECT_FALSE(over_limit(t, admission_verdict::concurrency)->fallback.transfer_to);
  EXPECT_EQ(over_limit(t, admission_verdict::caller)->fallback, model::tenant::fallback_type{});
  EXPECT_EQ(over_limit(t, admission_verdict::caller)->id, t.id);
}

}  // namespace
}  // namespace tonris::actors
