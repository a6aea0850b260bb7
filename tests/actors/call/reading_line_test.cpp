#include "actors/call/reading_line.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tonris::actors {
namespace {

using testing::ElementsAre;

class ReadingLine : public testing::Test {
 protected:
  bool put(const std::string& whose, const std::string& what) {
    return line.put(whose, [this, what] { begun.push_back(what); });
  }

  reading_line line;
  std::vector<std::string> begun;
};

TEST_F(ReadingLine, ServesTenantsInTurnEachInItsOrder) {
  for (const auto* what : {"a1", "a2", "a3"}) EXPECT_TRUE(put("a", what));
  EXPECT_TRUE(put("c", "c1"));
  EXPECT_TRUE(put("b", "b1"));
  EXPECT_THAT(begun, ElementsAre("a1")) << "one at a time";
  for (int n = 0; n < 5; ++n) line.served();
  EXPECT_THAT(begun, ElementsAre("a1", "b1", "c1", "a2", "a3"));
  EXPECT_TRUE(put("a", "a4"));
  EXPECT_EQ(begun.back(), "a4") << "at once where nobody is served";
}

TEST_F(ReadingLine, TakesSoManyOfOneAndLeavesRoomForOthers) {
  EXPECT_TRUE(put("a", "served"));
  for (std::size_t n = 0; n < reading_line::most_of_one; ++n) EXPECT_TRUE(put("a", "waits"));
  EXPECT_FALSE(put("a", "too much"));
  EXPECT_TRUE(put("b", "b1"));
  line.served();
  EXPECT_EQ(begun.back(), "b1");
}

TEST_F(ReadingLine, IsBounded) {
  EXPECT_TRUE(put("a", "served"));
  for (std::size_t n = 0; n < reading_line::most; ++n) EXPECT_TRUE(put(std::to_string(n), "waits"));
  EXPECT_FALSE(put("one more", "too much"));
}

}  // namespace
}  // namespace tonris::actors
