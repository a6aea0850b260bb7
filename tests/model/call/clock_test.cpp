#include "model/call/clock.hpp"

#include <gtest/gtest.h>

namespace tonris::model {
namespace {

using namespace std::chrono_literals;

constexpr call_clock::wall noon{std::chrono::hours{12}};
constexpr call_clock::steady started{std::chrono::hours{1}};

TEST(CallClock, IsMovedByTheSteadyClockAlone) {
  const call_clock clock(noon, started);
  EXPECT_EQ(clock.at(started), noon);
  EXPECT_EQ(clock.at(started + 90s), noon + 90s);
}

struct return_row {
  const char* what;
  std::chrono::milliseconds wall_moved;  ///< between the last checkpoint and the next life
  std::chrono::milliseconds expected;
};

TEST(CallClock, OfACallThatComesBackGoesOnWhereItWas) {
  for (const auto& row : {return_row{"away for a second", 1s, 1s}, return_row{"away for two minutes", 2min, 2min},
                          return_row{"the clock went back", -2h, 0s}, return_row{"half an hour ahead", 30min, 2min},
                          return_row{"a month ahead", 32 * 24h, 2min}}) {
    const auto clock = call_clock::resumed(noon, noon + row.wall_moved, started);
    EXPECT_EQ(clock.at(started) - noon, row.expected) << row.what;
    EXPECT_EQ(clock.at(started + 5s) - noon, row.expected + 5s) << row.what;
  }
}

}  // namespace
}  // namespace tonris::model
