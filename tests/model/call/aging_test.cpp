#include "model/call/aging.hpp"

#include <gtest/gtest.h>

namespace tonris::model {
namespace {

using namespace std::chrono_literals;

const call_record::time noon{1'795'341'600s};

TEST(Aging, GoesWithTheWallClock) {
  EXPECT_EQ(aged_until(noon, noon + 1h, 1h), noon + 1h);
  EXPECT_EQ(aged_until(noon, noon + 3h, 1h), noon + 3h) << "as fast as it may";
  EXPECT_EQ(aged_until(noon, noon, 1h), noon);
}

TEST(Aging, FollowsAClockThatJumpsAtItsPace) {
  EXPECT_EQ(aged_until(noon, noon + 31 * 24h, 1h), noon + 3h);
  EXPECT_EQ(aged_until(noon, noon - 31 * 24h, 1h), noon - 3h);
  EXPECT_EQ(aged_until(noon, noon + 31 * 24h, 0h), noon);
}

TEST(Aging, MeetsTheClockInHalfOfTheTimeThatTheNodeWasAway) {
  auto wall = noon + 10 * 24h;
  auto until = noon;
  int hours = 0;
  for (; until != wall; ++hours) until = aged_until(until, wall += 1h, 1h);
  EXPECT_EQ(hours, 5 * 24);
}

}  // namespace
}  // namespace tonris::model
