#include "model/text/ids.hpp"

#include <gtest/gtest.h>

#include <type_traits>
#include <unordered_set>

namespace tonris::model {
namespace {

TEST(Ids, TakeASidOfItsPrefixOnly) {
  EXPECT_TRUE(is_sid("CA00000000000000000000000000000001", "CA"));
  EXPECT_TRUE(is_sid("MZ0123456789abcdefABCDEF0123456789", "MZ"));
  EXPECT_FALSE(is_sid("CA00000000000000000000000000000001", "AC"));
  EXPECT_FALSE(is_sid("ca00000000000000000000000000000001", "CA"));
}

TEST(Ids, RefuseWhatIsNotThirtyFourCharactersOfHex) {
  EXPECT_FALSE(is_sid("", "CA"));
  EXPECT_FALSE(is_sid("CA", "CA"));
  EXPECT_FALSE(is_sid("CA0000000000000000000000000000000", "CA"));
  EXPECT_FALSE(is_sid("CA000000000000000000000000000000011", "CA"));
  EXPECT_FALSE(is_sid("CA0000000000000000000000000000000g", "CA"));
  EXPECT_FALSE(is_sid("CA0000000000000000000000000000000\n", "CA"));
  EXPECT_FALSE(is_sid("CA00000000000000000000000000000001", ""));
}

TEST(Ids, OfDifferentThingsAreDifferentTypesAndHashAsTheirText) {
  static_assert(!std::is_convertible_v<call_sid, stream_sid>);
  const std::unordered_set<call_sid> calls{call_sid{"a"}, call_sid{"b"}, call_sid{"a"}};
  EXPECT_EQ(calls.size(), 2u);
  EXPECT_LT(call_sid{"a"}, call_sid{"b"});
  EXPECT_TRUE(call_sid{}.empty());
}

}  // namespace
}  // namespace tonris::model
