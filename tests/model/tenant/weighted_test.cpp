#include "model/tenant/weighted.hpp"

#include <map>
#include <string>

#include <gtest/gtest.h>

namespace tonris::model {
namespace {

constexpr siphash_key secret{9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 1, 2, 3, 4, 5, 6};

using list = std::vector<tenant::agent_choice>;

std::string caller(int n) {
  return "+1555" + std::to_string(1'000'000 + n);
}

std::string first(const list& agents, const std::string& key) {
  return by_draw(agents, key, secret).front()->agent.value;
}

TEST(WeightedDraw, SharesKeysByWeight) {
  const list agents{{{"a"}, 70}, {{"b"}, 20}, {{"c"}, 9}, {{"d"}, 1}};
  constexpr int keys = 50'000;
  std::map<std::string, int> count;
  for (int n = 0; n < keys; ++n) ++count[first(agents, caller(n))];
  double chi_square = 0;
  for (const auto& choice : agents) {
    const double expected = keys * choice.weight / 100.0;
    chi_square += (count[choice.agent.value] - expected) * (count[choice.agent.value] - expected) / expected;
  }
  EXPECT_LT(chi_square, 16.3) << "three degrees of freedom: one of a thousand is above that";
}

TEST(WeightedDraw, SharesSecondPlacesByWeightAsWell) {
  const list agents{{{"a"}, 50}, {{"b"}, 25}, {{"c"}, 25}};
  int second_b = 0, first_a = 0;
  for (int n = 0; n < 20'000; ++n) {
    const auto order = by_draw(agents, caller(n), secret);
    ASSERT_EQ(order.size(), 3U);
    if (order[0]->agent.value != "a") continue;
    ++first_a;
    second_b += order[1]->agent.value == "b" ? 1 : 0;
  }
  EXPECT_NEAR(static_cast<double>(second_b) / first_a, 0.5, 0.02);
}

TEST(WeightedDraw, GivesTheSameKeyTheSameOrder) {
  const list agents{{{"a"}, 1}, {{"b"}, 1}, {{"c"}, 1}}, otherwise{{{"c"}, 1}, {{"a"}, 1}, {{"b"}, 1}};
  for (int n = 0; n < 1'000; ++n) EXPECT_EQ(first(agents, caller(n)), first(otherwise, caller(n)));
}

TEST(WeightedDraw, HangsOnTheSecret) {
  const list agents{{{"a"}, 1}, {{"b"}, 1}};
  auto other = secret;
  other[0] ^= 1;
  int moved = 0;
  for (int n = 0; n < 1'000; ++n)
    moved += first(agents, caller(n)) != by_draw(agents, caller(n), other).front()->agent.value ? 1 : 0;
  EXPECT_NEAR(moved, 500, 80);
}

TEST(WeightedDraw, LeavesOutAgentsWithoutWeight) {
  EXPECT_EQ(by_draw({{{"a"}, 0}, {{"b"}, 1}}, "k", secret).size(), 1U);
  EXPECT_TRUE(by_draw({{{"a"}, 0}}, "k", secret).empty());
  EXPECT_TRUE(by_draw({}, "k", secret).empty());
}

TEST(WeightedDraw, MovesKeysToOrFromAChangedAgentOnly) {
  const list before{{{"a"}, 40}, {{"b"}, 40}, {{"c"}, 20}};
  const list raised{{{"a"}, 40}, {{"b"}, 40}, {{"c"}, 60}}, lowered{{{"a"}, 40}, {{"b"}, 40}, {{"c"}, 5}},
      added{{{"a"}, 40}, {{"b"}, 40}, {{"c"}, 20}, {{"d"}, 50}}, removed{{{"a"}, 40}, {{"b"}, 40}};
  int to_c = 0;
  for (int n = 0; n < 10'000; ++n) {
    const auto was = first(before, caller(n));
    const auto more = first(raised, caller(n)), less = first(lowered, caller(n)), fourth = first(added, caller(n)),
               without = first(removed, caller(n));
    EXPECT_TRUE(more == was || more == "c") << caller(n);
    EXPECT_TRUE(less == was || was == "c") << caller(n);
    EXPECT_TRUE(fourth == was || fourth == "d") << caller(n);
    EXPECT_TRUE(without == was || was == "c") << caller(n);
    to_c += more != was ? 1 : 0;
  }
  EXPECT_NEAR(to_c, 10'000 * (60.0 / 140 - 0.2), 200);
}

}  // namespace
}  // namespace tonris::model
