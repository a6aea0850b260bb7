#include "actors/runtime/message.hpp"

#include <string>

#include <gtest/gtest.h>

namespace tonris::actors {
namespace {

struct says_so {
  using travels = in_process;
  std::string text;
  int number = 0;
};
struct says_nothing {};
struct says_something_else {
  using travels = int;
};
struct outer {
  struct inner {
    using travels = in_process;
  };
};

TEST(Message, IsWhatSaysSoOfItselfAndNothingElse) {
  EXPECT_TRUE(caf::allowed_unsafe_message_type<says_so>::value);
  EXPECT_TRUE(caf::allowed_unsafe_message_type<outer::inner>::value);
  EXPECT_FALSE(caf::allowed_unsafe_message_type<says_nothing>::value);
  EXPECT_FALSE(caf::allowed_unsafe_message_type<says_something_else>::value);
  EXPECT_FALSE(caf::allowed_unsafe_message_type<outer>::value);
}

TEST(Message, IsMadeOfItsMembersAsAnyStruct) {
  const says_so made{"text", 7};
  EXPECT_EQ(made.text, "text");
  EXPECT_EQ(made.number, 7);
}

}  // namespace
}  // namespace tonris::actors
