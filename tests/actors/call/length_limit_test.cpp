#include "actors/call/length_limit.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tonris::actors {
namespace {

using namespace std::chrono_literals;

TEST(LengthLimit, WarnsOnceEndsAtItsTimeAndLooksAgainInHops) {
  struct row {
    std::string name;
    std::chrono::nanoseconds limit, left;
    bool warned;
    length_step step;
  };
  const std::vector<row> rows{
      {"at the start", 30min, 30min, false, {false, false, 20s}},
      {"the warning is near", 30min, 35s, false, {false, false, 5s}},
      {"a moment before the warning", 30min, 30s + 1ms, false, {false, false, 1ms}},
      {"at the warning", 30min, 30s, false, {false, true, 20s}},
      {"late for the warning", 30min, 10s, false, {false, true, 10s}},
      {"warned", 30min, 30s, true, {false, false, 20s}},
      {"the end is near", 30min, 5s, true, {false, false, 5s}},
      {"at the end", 30min, 0s, true, {true, false, 0s}},
      {"late for the end", 30min, -1s, true, {true, false, 0s}},
      {"late for both", 30min, -1s, false, {true, false, 0s}},
      {"a limit of the warning's length", 30s, 30s, false, {false, false, 20s}},
      {"a limit just above it", 31s, 30s, false, {false, true, 20s}},
      {"a short limit", 5s, 5s, false, {false, false, 5s}},
      {"he was away: more is left than the limit", 1min, 5min, false, {false, false, 20s}},
  };
  for (const auto& row : rows) {
    const auto step = step_of_length(row.limit, row.left, row.warned);
    EXPECT_EQ(step.over, row.step.over) << row.name;
    EXPECT_EQ(step.warn, row.step.warn) << row.name;
    EXPECT_EQ(step.look_again, row.step.look_again) << row.name;
  }
}

}  // namespace
}  // namespace tonris::actors
