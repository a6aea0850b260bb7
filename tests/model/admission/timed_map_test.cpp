#include "model/admission/timed_map.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace tonris::model {
namespace {

using namespace std::chrono_literals;

TEST(TimedSet, LetsMembersGoInTheOrderOfTheirTimes) {
  timed_set set;
  const timed_set::time start{};
  EXPECT_TRUE(set.put("c", start + 3s));
  EXPECT_TRUE(set.put("a", start + 1s));
  EXPECT_TRUE(set.put("b", start + 2s));
  EXPECT_FALSE(set.put("a", start + 4s)) << "it only gets another time";
  std::vector<std::string> gone;
  set.expire(start + 3s, [&](const std::string& member) { gone.push_back(member); });
  EXPECT_THAT(gone, testing::ElementsAre("b", "c")) << "a time that is now is over";
  EXPECT_TRUE(set.contains("a"));
  EXPECT_EQ(set.size(), 1u);
}

TEST(TimedSet, PutsOffOnlyWhatIsThereAndOnlyToLater) {
  timed_set set;
  const timed_set::time start{};
  set.put_off("a", start + 9s);
  EXPECT_TRUE(set.empty());
  set.put("a", start + 2s);
  set.put_off("a", start + 1s);
  set.expire(start + 1s);
  EXPECT_TRUE(set.contains("a"));
  set.put_off("a", start + 3s);
  set.expire(start + 2s);
  EXPECT_TRUE(set.contains("a"));
}

TEST(TimedSet, DropsAMemberOnce) {
  timed_set set;
  set.put("a", {});
  EXPECT_TRUE(set.drop("a"));
  EXPECT_FALSE(set.drop("a"));
  EXPECT_TRUE(set.empty());
}

TEST(TimedMap, KeepsAMembersValueWhenItsTimeChangesAndWhenItMoves) {
  timed_map<int> map;
  const timed_map<int>::time start{};
  map.put("a", start + 1s);
  *map.find("a") = 7;
  map.put("b", start + 2s);
  EXPECT_FALSE(map.put("a", start + 3s));
  auto moved = std::move(map);
  EXPECT_EQ(*moved.find("a"), 7);
  EXPECT_EQ(moved.first_time(), start + 2s);
  moved.drop_first();
  EXPECT_EQ(moved.first_value(), 7);
}

/// Against a sorted list, by chance.
TEST(TimedSet, KeepsTheOrderOfWhateverComes) {
  std::mt19937 draw{11};
  timed_set set;
  std::map<std::string, timed_set::time> expected;
  for (int i = 0; i < 20'000; ++i) {
    const auto member = std::to_string(draw() % 40);
    const auto at = timed_set::time{} + std::chrono::seconds{draw() % 60};
    switch (draw() % 4) {
      case 0: EXPECT_EQ(set.drop(member), expected.erase(member) == 1); break;
      case 1:
        set.expire(at - 40s);
        std::erase_if(expected, [&](const auto& one) { return one.second <= at - 40s; });
        break;
      default: EXPECT_EQ(set.put(member, at), !expected.contains(member)); expected[member] = at;
    }
    ASSERT_EQ(set.size(), expected.size());
  }
  auto last = timed_set::time{};
  while (!set.empty())
    set.drop_first([&](const std::string& member) {
      EXPECT_GE(expected.at(member), last);
      last = expected.at(member);
    });
}

}  // namespace
}  // namespace tonris::model
