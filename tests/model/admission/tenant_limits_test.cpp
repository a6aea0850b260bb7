#include "model/admission/tenant_limits.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace tonris::model {
namespace {

tenant with(tenant::limits_type limits) {
  tenant t;
  t.limits = std::move(limits);
  return t;
}

TEST(TenantLimits, AreNoneWhereNoneAreSet) {
  const auto limits = limits_of(tenant{}, 0);
  EXPECT_EQ(limits, admission_limits{});
  EXPECT_EQ(limits.calls, std::numeric_limits<std::uint64_t>::max());
  EXPECT_FALSE(refused_outright(tenant{}));
  EXPECT_EQ(level_of({1'000'000, 1'000'000'000, 9}, tenant{}), month_level::fine);
}

TEST(TenantLimits, AreCountedInSecondsAndMicrodollars) {
  tenant::limits_type given;
  given.max_concurrent_calls = 10;
  given.calls_per_minute = 30;
  given.minutes_per_month = 2000;
  given.cost_per_month = 499.99;
  given.caller_calls = tenant::caller_calls_type{5, 600};
  const auto limits = limits_of(with(given), 20);
  EXPECT_EQ(limits.calls, 10u);
  EXPECT_EQ(limits.calls_per_minute, 30u);
  EXPECT_EQ(limits.month_seconds, 120'000u);
  EXPECT_EQ(limits.month_microdollars, 499'990'000u);
  EXPECT_EQ(limits.caller_calls, 5u);
  EXPECT_EQ(limits.caller_window, std::chrono::minutes{10});
  EXPECT_EQ(limits.vendor_calls, 20u);
}

TEST(TenantLimits, LetWhoPaysForItBurst) {
  tenant::limits_type given;
  given.burst = true;
  for (const auto& [of, burst] : {std::pair{0u, 0u}, {20u, 60u}, {100u, 300u}, {200u, 300u}, {400u, 400u}})
    EXPECT_EQ(limits_of(with(given), of).vendor_calls, burst) << of;
}

TEST(TenantLimits, CountAKeyOfTheTenantsOwnApart) {
  tenant t;
  t.id = {"salon-1"};
  EXPECT_EQ(vendor_of(t), shared_vendor_key);
  t.limits.vendor_calls = 4;
  EXPECT_EQ(limits_of(t, 20).vendor_calls, 20u) << "the gateway's key";
  for (const auto form : {tenant_secret::form::plain, tenant_secret::form::sealed}) {
    t.secrets.api_key = {form, "sk_own"};
    EXPECT_EQ(vendor_of(t), "own:salon-1") << "by a name that is no secret, also where it cannot be opened";
    EXPECT_EQ(limits_of(t, 20).vendor_calls, 4u);
  }
  t.limits.burst = true;
  EXPECT_EQ(limits_of(t, 20).vendor_calls, 12u);
  t.limits.vendor_calls.reset();
  EXPECT_EQ(limits_of(t, 20).vendor_calls, 0u) << "nobody said what it allows";
  tenant other;
  other.id = {"shared"};
  other.secrets.api_key = t.secrets.api_key;
  EXPECT_NE(vendor_of(other), shared_vendor_key) << "whatever a tenant is called";
}

TEST(TenantLimits, OfNothingLetNobodyIn) {
  tenant::limits_type none;
  none.minutes_per_month = 0;
  EXPECT_EQ(refused_outright(with(none)), admission_verdict::minutes);
  none.minutes_per_month = 1;
  EXPECT_FALSE(refused_outright(with(none)));
  none.cost_per_month = 0;
  EXPECT_EQ(refused_outright(with(none)), admission_verdict::cost);
}

TEST(TenantLimits, SayHowFarAMonthIsUsed) {
  tenant::limits_type given;
  given.minutes_per_month = 10;
  given.cost_per_month = 1.0;
  const auto t = with(given);
  for (const auto& [seconds, money, level] : {std::tuple{0, 0, month_level::fine},
                                              {479, 799'999, month_level::fine},
                                              {480, 0, month_level::nearly},
                                              {0, 800'000, month_level::nearly},
                                              {599, 999'999, month_level::nearly},
                                              {600, 0, month_level::over},
                                              {0, 1'000'000, month_level::over},
                                              {-5, -5, month_level::fine}})
    EXPECT_EQ(level_of({seconds, money, 1}, t), level) << seconds << ", " << money;
}

TEST(TenantLimits, AreWorthWaitingForWhereAPlaceMayComeFree) {
  for (std::size_t n = 0; n < admission_verdict_count; ++n) {
    const auto v = static_cast<admission_verdict>(n);
    EXPECT_EQ(is_worth_waiting(v),
              v == admission_verdict::concurrency || v == admission_verdict::rate || v == admission_verdict::vendor)
        << to_string(v);
  }
}

}  // namespace
}  // namespace tonris::model
