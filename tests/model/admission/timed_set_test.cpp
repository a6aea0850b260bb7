#include "model/admission/timed_set.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

}  // namespace
}  // namespace tonris::model
