/// What every admission keeps to, whatever the counts are kept in: in memory, and in a real Redis.
#include "tests/actors/admission/kept_counts.hpp"

namespace tonris::actors::test {
namespace {

using answer = admitted::answer;
using model::admission_verdict;
using model::month_level;

enum class kept_in { memory, redis };

class AdmissionContract : public KeptCounts, public testing::WithParamInterface<kept_in> {
 protected:
  ~AdmissionContract() override { end(); }
  node& at() {
    if (!at_) {
      if (GetParam() == kept_in::redis) redis = std::make_unique<net::test::redis_server>();
      at_ = redis ? &sharing(redis->url()) : &alone();
    }
    return *at_;
  }
  /// Of a release nobody hears when it is done.
  bool has_calls(std::uint64_t calls) {
    return comes_to([&] { return usage(at()).calls == calls; });
  }

  std::unique_ptr<net::test::redis_server> redis;

 private:
  node* at_ = nullptr;
};
INSTANTIATE_TEST_SUITE_P(Kept, AdmissionContract, testing::Values(kept_in::memory, kept_in::redis),
                         [](const auto& in) { return in.param == kept_in::memory ? "InMemory" : "InRedis"; });

TEST_P(AdmissionContract, LetsInAsManyAsTheTenantMayHave) {
  tenant->limits.max_concurrent_calls = 2;
  EXPECT_EQ(admit(at(), 1).is, answer::come_in);
  EXPECT_EQ(admit(at(), 2).is, answer::come_in);
  const auto third = admit(at(), 3);
  EXPECT_EQ(third.is, answer::refused);
  EXPECT_EQ(third.verdict, admission_verdict::concurrency);
  EXPECT_EQ(admit(at(), 1).is, answer::come_in) << "Twilio's retry";
  release(at(), 1, 61s);
  ASSERT_TRUE(has_calls(1));
  EXPECT_EQ(admit(at(), 3).is, answer::come_in);
  EXPECT_EQ(counted(R"(tonris_admissions_total{how="counted"})"), 3);
  EXPECT_EQ(counted(R"(tonris_admissions_total{how="again"})"), 1);
  EXPECT_EQ(counted(R"(tonris_admissions_refused_total{limit="concurrency"})"), 1);
}

TEST_P(AdmissionContract, AdmitsExactlyTenOfTwoHundredThatAskAtOnce) {
  tenant->limits.max_concurrent_calls = 10;
  EXPECT_EQ(admit_at_once({&at()}, 0, 200).size(), 10u);
  EXPECT_EQ(usage(at()).calls, 10u);
}

TEST_P(AdmissionContract, FreesPlacesThatNobodyRenews) {
  tenant->limits.max_concurrent_calls = 2;
  admit(at(), 1);
  admit(at(), 2);
  std::this_thread::sleep_for(lease / 2);
  renew(at(), {still(2)});
  std::this_thread::sleep_for(lease * 3 / 4);
  EXPECT_EQ(usage(at()).calls, 1u);
  EXPECT_EQ(admit(at(), 3).is, answer::come_in);
  EXPECT_EQ(admit(at(), 4).is, answer::refused);
}

TEST_P(AdmissionContract, CountsACallerByHisNumberAndNobodyByNone) {
  tenant->limits.caller_calls = model::tenant::caller_calls_type{2, 2};
  EXPECT_EQ(admit(at(), 1, "+15550100001").is, answer::come_in);
  EXPECT_EQ(admit(at(), 2, "tel:+1-555-010-0001").is, answer::come_in) << "the same number in another form";
  EXPECT_EQ(admit(at(), 3, "+15550100001").verdict, admission_verdict::caller);
  EXPECT_EQ(admit(at(), 4, "+15550100009").is, answer::come_in);
  for (int n = 5; n < 9; ++n) EXPECT_EQ(admit(at(), n, "anonymous").is, answer::come_in) << "withheld";
  std::this_thread::sleep_for(2100ms);
  EXPECT_EQ(admit(at(), 10, "+15550100001").is, answer::come_in);
}

TEST_P(AdmissionContract, GivesAnUndoneCallerHisTryBack) {
  tenant->limits.caller_calls = model::tenant::caller_calls_type{1, 600};
  EXPECT_EQ(admit(at(), 1, "+15550100001").is, answer::come_in);
  release(at(), 1, 0s, true, "+15550100001");
  ASSERT_TRUE(has_calls(0));
  EXPECT_EQ(admit(at(), 2, "+15550100001").is, answer::come_in);
  EXPECT_EQ(usage(at()).month.calls, 1);
}

TEST_P(AdmissionContract, HoldsACallersPlaceInLine) {
  tenant->limits.max_concurrent_calls = 1;
  tenant->limits.overflow = {model::tenant::action::wait, {}, {}, 60};
  EXPECT_EQ(admit(at(), 1).is, answer::come_in);
  EXPECT_EQ(admit(at(), 2).is, answer::wait);
  EXPECT_EQ(admit(at(), 3).is, answer::wait);
  EXPECT_EQ(usage(at()).waiting, 2u);
  release(at(), 1, 1s);
  ASSERT_TRUE(has_calls(0));
  EXPECT_EQ(admit(at(), 4).is, answer::wait) << "it is the others' turn";
  EXPECT_EQ(admit(at(), 3, {}, 11s).is, answer::wait);
  EXPECT_EQ(admit(at(), 2, {}, 11s).is, answer::come_in) << "first come, first served";
}

TEST_P(AdmissionContract, TakesACallToAnotherAgentBeyondTheLimitAndThatIsBoundedToo) {
  tenant->limits.max_concurrent_calls = 1;
  tenant->limits.overflow = {model::tenant::action::agent, {}, {"agent_overflow"}, 0};
  EXPECT_TRUE(admit(at(), 1).instead.empty());
  const auto second = admit(at(), 2);
  EXPECT_EQ(second.is, answer::come_in);
  EXPECT_EQ(second.instead.value, "agent_overflow");
  EXPECT_EQ(admit(at(), 3).is, answer::refused);
  EXPECT_EQ(counted(R"(tonris_admissions_total{how="overflow"})"), 1);
}

TEST_P(AdmissionContract, SharesTheVendorsKeyAmongTenants) {
  vendor_calls = 3;
  caf::anon_send(at().who, reserve_places{{{{"garage"}, 2}}});
  if (redis) {
    ASSERT_TRUE(comes_to([&] { return redis->say({"HGET", "{tonris}:vr:shared", "garage"}) == "2"; }));
  }
  EXPECT_EQ(admit(at(), 1).is, answer::come_in);
  EXPECT_EQ(admit(at(), 2).verdict, admission_verdict::vendor) << "two are the garage's";
  tenant->limits.burst = true;
  EXPECT_EQ(admit(at(), 2).is, answer::come_in) << "who pays the burst price has more";
  const auto seen = usage(at());
  EXPECT_EQ(seen.at_vendor, 2u);
  EXPECT_EQ(seen.vendor_calls, 9u);
  tenant->limits.burst = false;
  caf::anon_send(at().who, reserve_places{});
  if (redis) {
    ASSERT_TRUE(comes_to([&] { return redis->say({"EXISTS", "{tonris}:vr:shared"}) == "0"; }));
  }
  EXPECT_EQ(admit(at(), 3).is, answer::come_in) << "nothing is reserved any more";
}

TEST_P(AdmissionContract, SaysHowFarTheMonthIsUsed) {
  tenant->limits.minutes_per_month = 10;
  admit(at(), 1);
  EXPECT_TRUE(renew(at(), {still(1, 470s)}).tenants.empty());
  auto levels = renew(at(), {still(1, 475s)});
  ASSERT_EQ(levels.tenants.size(), 1u);
  EXPECT_EQ(levels.tenants[0], (std::pair{tenant->id, month_level::nearly}));
  levels = renew(at(), {still(1, 595s)});
  ASSERT_EQ(levels.tenants.size(), 1u);
  EXPECT_EQ(levels.tenants[0].second, month_level::over);
  EXPECT_EQ(admit(at(), 2).verdict, admission_verdict::minutes);
  release(at(), 1, 561s);
  ASSERT_TRUE(has_calls(0));
  EXPECT_EQ(usage(at()).month, (model::month_sums{561, 10 * 12'500 + 935'000, 1})) << "what was booked ahead is back";
  wall = model::parse_iso_time("2026-12-01T00:00:00.000Z").value();
  EXPECT_EQ(usage(at()).month, model::month_sums{});
}

TEST_P(AdmissionContract, CountsRefusalsOfTheDay) {
  for (int n = 0; n < 3; ++n) caf::anon_send(at().who, call_refused{tenant->id, model::end_reason::tenant_busy});
  EXPECT_EQ(usage(at()).refused_today.at(model::end_reason::tenant_busy), 3u);
  wall += 24h;
  EXPECT_TRUE(usage(at()).refused_today.empty());
}

TEST_P(AdmissionContract, AdoptsCallsThatItNeverLetIn) {
  tenant->limits.max_concurrent_calls = 2;
  renew(at(), {still(1, 30s), still(2, 30s)});
  EXPECT_EQ(usage(at()).calls, 2u);
  EXPECT_EQ(admit(at(), 3).verdict, admission_verdict::concurrency);
  EXPECT_EQ(usage(at()).month.seconds, 70);
  release(at(), 1, 31s);
  EXPECT_TRUE(has_calls(1));
}

TEST_P(AdmissionContract, LetsNobodyInWhoMayHaveNothing) {
  tenant->limits.minutes_per_month = 0;
  EXPECT_EQ(admit(at(), 1).verdict, admission_verdict::minutes);
}

}  // namespace
}  // namespace tonris::actors::test
