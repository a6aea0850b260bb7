#include "model/audio/latency.hpp"

#include <gtest/gtest.h>

namespace tonris::model {
namespace {

using namespace std::chrono_literals;

TEST(LatencyHistogram, SaysNothingOfNothing) {
  EXPECT_EQ(latency_histogram{}.quantile_ms(0.99), 0);
}

TEST(LatencyHistogram, NeverSaysLessThanWhatWasMeasuredAndAtMostAQuarterMore) {
  for (auto took = 1000ns; took < 2s; took = took * 13 / 10) {
    latency_histogram h;
    h.add(took);
    const double ms = static_cast<double>(took.count()) / 1e6;
    EXPECT_GE(h.quantile_ms(0.5), ms) << took.count();
    EXPECT_LE(h.quantile_ms(0.5), ms * 1.26) << took.count();
  }
}

TEST(LatencyHistogram, FindsTheTail) {
  latency_histogram h;
  for (int i = 0; i < 990; ++i) h.add(10us);
  for (int i = 0; i < 10; ++i) h.add(5ms);
  EXPECT_LT(h.quantile_ms(0.98), 0.02);
  EXPECT_GE(h.quantile_ms(0.995), 5.0);
  EXPECT_EQ(h.count(), 1000u);
}

TEST(LatencyHistogram, KeepsTheAbsurdInItsOuterBuckets) {
  latency_histogram h;
  h.add(-5ns);
  h.add(0ns);
  h.add(std::chrono::hours{10});
  EXPECT_EQ(h.count(), 3u);
  EXPECT_LE(h.quantile_ms(0.3), 0.001);
  EXPECT_GT(h.quantile_ms(1.0), 1000);
}

}  // namespace
}  // namespace tonris::model
