#include "tools/bench/cadence.hpp"

#include <gtest/gtest.h>

namespace tonris::bench {
namespace {

using slot = cadence::slot;

TEST(BenchCadence, SpreadsTheFlowsEvenlyOverThePeriod) {
  cadence c{4, 20 * one_ms, phasing::spread, 1000};
  EXPECT_FALSE(c.take(999).has_value());
  EXPECT_EQ(c.take(1000), (slot{0, 1000}));
  EXPECT_FALSE(c.take(1000).has_value());
  EXPECT_EQ(c.next_due(), 1000 + 5 * one_ms);
  EXPECT_EQ(c.take(c.next_due()), (slot{1, 1000 + 5 * one_ms}));
}

TEST(BenchCadence, MakesAllFlowsDueAtOnceInABurst) {
  cadence c{3, 20 * one_ms, phasing::burst, 0};
  for (std::size_t flow = 0; flow < 3; ++flow) EXPECT_EQ(c.take(0), (slot{flow, 0}));
  EXPECT_FALSE(c.take(0).has_value());
  EXPECT_EQ(c.next_due(), 20 * one_ms);
}

TEST(BenchCadence, KeepsDueTimesThroughAStall) {
  cadence c{2, 20 * one_ms, phasing::spread, 0};
  const nanos late = 101 * one_ms;
  for (nanos due = 0; due <= late; due += 10 * one_ms) {
    const auto taken = c.take(late);
    ASSERT_TRUE(taken.has_value());
    EXPECT_EQ(taken->due, due);
  }
  EXPECT_FALSE(c.take(late).has_value());
}

TEST(BenchCadence, DoesNotDriftWhenThePeriodCannotBeDivided) {
  cadence c{7, 20 * one_ms, phasing::spread, 0};
  slot last;
  for (int i = 0; i < 7 * 1000 + 1; ++i) last = *c.take(one_s * 1000);
  EXPECT_EQ(last, (slot{0, 1000 * 20 * one_ms}));
}

}  // namespace
}  // namespace tonris::bench
