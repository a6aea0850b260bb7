#include "model/usage_report/rate_interval.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace tonris::model {
namespace {

struct row {
  std::uint64_t successes, trials;
  double low, high;
};

TEST(RateInterval, IsWilsons) {
  // R: prop.test(x, n, correct = FALSE)$conf.int
  for (const auto& [successes, trials, low, high] : std::vector<row>{{0, 10, 0, 0.2775328},
                                                                     {10, 10, 0.7224672, 1},
                                                                     {5, 10, 0.2365931, 0.7634069},
                                                                     {1, 1, 0.2065493, 1},
                                                                     {15, 148, 0.0623907, 0.1604946},
                                                                     {81, 263, 0.2552826, 0.3662278}}) {
    const auto interval = rate_interval_of(successes, trials);
    EXPECT_NEAR(interval.low, low, 2e-5) << successes << "/" << trials;
    EXPECT_NEAR(interval.high, high, 2e-5) << successes << "/" << trials;
  }
}

TEST(RateInterval, IsEverythingWhereNothingIsKnown) {
  EXPECT_EQ(rate_interval_of(0, 0), (rate_interval{0, 1}));
  EXPECT_EQ(rate_interval_of(5, 0), (rate_interval{0, 1}));
  EXPECT_EQ(rate_interval_of(15, 10), rate_interval_of(10, 10));
}

TEST(RateInterval, HoldsTheProportionWithinItsBounds) {
  constexpr auto most = std::numeric_limits<std::uint64_t>::max();
  for (const auto trials : {std::uint64_t{1}, std::uint64_t{7}, std::uint64_t{1000}, most})
    for (const auto successes : {std::uint64_t{0}, trials / 3, trials / 2, trials}) {
      const auto interval = rate_interval_of(successes, trials);
      const auto rate = static_cast<double>(successes) / static_cast<double>(trials);
      EXPECT_LE(0, interval.low);
      EXPECT_LE(interval.low, rate + 1e-12);
      EXPECT_GE(interval.high, rate - 1e-12);
      EXPECT_LE(interval.high, 1);
    }
}

}  // namespace
}  // namespace tonris::model
