#include "model/access/scope.hpp"

#include <gtest/gtest.h>

namespace tonris::model {
namespace {

TEST(Scopes, AreWordsInOneOrder) {
  EXPECT_EQ(to_string(scopes{scope::recordings, scope::read}), "read recordings");
  EXPECT_EQ(to_string(scopes{}), "");
  EXPECT_EQ(parse_scopes("recordings read read"), (scopes{scope::read, scope::recordings}));
  EXPECT_EQ(parse_scopes(""), scopes{});
}

TEST(Scopes, RefuseAWordThatNamesNone) {
  for (const auto* words : {"reads", "Read", "read,control", " read", "read  control", "*"})
    EXPECT_FALSE(parse_scopes(words)) << words;
}

TEST(Scopes, AreContainedInOthers) {
  const scopes some{scope::read, scope::control};
  EXPECT_TRUE(some.has_all({scope::read}));
  EXPECT_TRUE(some.has_all({}));
  EXPECT_FALSE(some.has_all({scope::read, scope::settings}));
}

}  // namespace
}  // namespace tonris::model
