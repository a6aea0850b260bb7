#include "model/call/supervision.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace tonris::model::supervision {
namespace {

using namespace std::chrono_literals;

constexpr time_point start{};

TEST(RestartBudget, GrantsSoManyAndCountsTheAttempts) {
  restart_budget budget{{5, 60s}};
  for (unsigned n = 0; n < 5; ++n) {
    const auto verdict = budget.take(start + n * 1s);
    EXPECT_TRUE(verdict.granted) << n;
    EXPECT_EQ(verdict.attempt, n);
  }
  const auto refused = budget.take(start + 5s);
  EXPECT_FALSE(refused.granted);
  EXPECT_EQ(refused.attempt, 0u);
}

TEST(RestartBudget, FreesARestartWhenExactlyTheWindowHasPassed) {
  restart_budget budget{{1, 60s}};
  EXPECT_TRUE(budget.take(start).granted);
  EXPECT_FALSE(budget.take(start + 60s - 1ns).granted);
  EXPECT_TRUE(budget.take(start + 60s).granted);
  EXPECT_FALSE(budget.take(start + 120s - 1ns).granted);
}

TEST(RestartBudget, DoesNotCountARefusal) {
  restart_budget budget{{1, 60s}};
  EXPECT_TRUE(budget.take(start).granted);
  for (int n = 1; n < 60; ++n) EXPECT_FALSE(budget.take(start + n * 1s).granted);
  EXPECT_TRUE(budget.take(start + 60s).granted) << "asking in vain must not push the window on";
}

TEST(RestartBudget, SlidesAndDoesNotJump) {
  restart_budget budget{{2, 60s}};
  EXPECT_TRUE(budget.take(start).granted);
  EXPECT_TRUE(budget.take(start + 50s).granted);
  EXPECT_FALSE(budget.take(start + 59s).granted);
  EXPECT_EQ(budget.take(start + 60s).attempt, 1u) << "the one at 50 s is still in the window";
  EXPECT_FALSE(budget.take(start + 61s).granted);
  EXPECT_EQ(budget.take(start + 110s).attempt, 1u) << "now it is not, but the one at 60 s is";
}

TEST(RestartBudget, BeginsAnewAfterAQuietTime) {
  restart_budget budget{agent_leg_budget};
  for (unsigned n = 0; n < agent_leg_budget.restarts; ++n) EXPECT_EQ(budget.take(start).attempt, n);
  EXPECT_FALSE(budget.take(start).granted);
  const auto later = budget.take(start + 1h);
  EXPECT_TRUE(later.granted);
  EXPECT_EQ(later.attempt, 0u);
}

TEST(RestartBudget, OfNothingGrantsNothing) {
  restart_budget budget{{0, 60s}};
  EXPECT_FALSE(budget.take(start).granted);
}

constexpr auto most_random = std::numeric_limits<std::uint32_t>::max();

struct ceiling_row {
  unsigned attempt;
  std::chrono::milliseconds ceiling;
};

TEST(Backoff, StaysWithinZeroAndACeilingThatDoubles) {
  for (const auto& [attempt, ceiling] :
       {ceiling_row{0, 100ms}, ceiling_row{1, 200ms}, ceiling_row{2, 400ms}, ceiling_row{3, 800ms},
        ceiling_row{4, 1600ms}, ceiling_row{5, 3200ms}, ceiling_row{6, 5000ms}, ceiling_row{7, 5000ms},
        ceiling_row{10, 5000ms}, ceiling_row{11, 5000ms}, ceiling_row{31, 5000ms}, ceiling_row{32, 5000ms},
        ceiling_row{std::numeric_limits<unsigned>::max(), 5000ms}}) {
    EXPECT_EQ(backoff(attempt, 0), 0ms) << attempt;
    EXPECT_EQ(backoff(attempt, most_random), ceiling) << attempt;
    for (std::uint64_t random = 0; random <= most_random; random += 0x00FF'FFFF) {
      const auto wait = backoff(attempt, static_cast<std::uint32_t>(random));
      EXPECT_GE(wait, 0ms);
      EXPECT_LE(wait, ceiling);
    }
  }
}

TEST(Backoff, UsesItsWholeRangeEvenly) {
  constexpr std::uint64_t draws = 10'000;
  std::chrono::milliseconds sum{0};
  for (std::uint64_t n = 0; n < draws; ++n) sum += backoff(6, static_cast<std::uint32_t>(n * most_random / draws));
  EXPECT_NEAR(static_cast<double>(sum.count()) / draws, 2500, 10);
  EXPECT_EQ(backoff(0, most_random / 2), 50ms);
}

}  // namespace
}  // namespace tonris::model::supervision
