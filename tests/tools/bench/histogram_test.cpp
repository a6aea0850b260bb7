#include "tools/bench/histogram.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace tonris::bench {
namespace {

TEST(BenchHistogram, IsZeroWhenEmpty) {
  const histogram empty;
  EXPECT_EQ(empty.count(), 0U);
  EXPECT_EQ(empty.percentile(99), 0);
  EXPECT_EQ(empty.max(), 0);
  EXPECT_EQ(empty.mean(), 0);
}

TEST(BenchHistogram, IsExactForSmallValues) {
  histogram h;
  for (nanos v = 0; v < 200; ++v) h.record(v);
  EXPECT_EQ(h.percentile(50), 99);
  EXPECT_EQ(h.percentile(0), 0);
  EXPECT_EQ(h.percentile(100), 199);
  EXPECT_DOUBLE_EQ(h.mean(), 99.5);
}

TEST(BenchHistogram, NeverTellsLessThanTheTruthNorAPercentMore) {
  std::mt19937_64 random{1};
  std::lognormal_distribution<double> times{12, 3};
  histogram h;
  std::vector<nanos> all;
  for (int i = 0; i < 20'000; ++i) {
    all.push_back(static_cast<nanos>(times(random)));
    h.record(all.back());
  }
  std::ranges::sort(all);
  for (const double percent : {1.0, 50.0, 90.0, 99.0, 99.9, 99.99}) {
    const auto rank = static_cast<std::size_t>(std::ceil(percent / 100 * static_cast<double>(all.size()) - 1e-9)) - 1;
    const nanos truth = all[rank];
    EXPECT_GE(h.percentile(percent), truth) << percent;
    EXPECT_LE(static_cast<double>(h.percentile(percent)), static_cast<double>(truth) * 1.008 + 1) << percent;
  }
  EXPECT_EQ(h.percentile(100), all.back());
  EXPECT_EQ(h.max(), all.back());
}

TEST(BenchHistogram, TakesTheExtremesOfItsType) {
  histogram h;
  h.record(std::numeric_limits<nanos>::min());
  h.record(std::numeric_limits<nanos>::max());
  EXPECT_EQ(h.count(), 2U);
  EXPECT_EQ(h.percentile(50), 0);
  EXPECT_GT(h.max(), 3600 * one_s);
}

TEST(BenchHistogram, MergedTellsWhatOneWouldHave) {
  histogram a, b, both;
  for (nanos v = 1; v < 100'000; v += 7) {
    (v % 2 == 0 ? a : b).record(v);
    both.record(v);
  }
  a.merge(b);
  EXPECT_EQ(a.count(), both.count());
  EXPECT_EQ(a.max(), both.max());
  EXPECT_EQ(a.percentile(99), both.percentile(99));
}

}  // namespace
}  // namespace tonris::bench
