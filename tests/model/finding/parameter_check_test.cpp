#include "model/finding/parameter_check.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tonris::model {
namespace {

TEST(ParameterCheck, AdmitsWhatIsKnownOnceWithAValue) {
  json_mistakes mistakes;
  parameter_check check{{"tenant", "by", "zone"}, mistakes};
  EXPECT_TRUE(check.admits("tenant", "salon-1"));
  EXPECT_TRUE(check.admits_empty("by", ""));
  EXPECT_TRUE(mistakes.empty());
  EXPECT_TRUE(check.is_there("by"));
  EXPECT_FALSE(check.is_there("zone"));
  EXPECT_FALSE(check.is_there("colour"));
}

TEST(ParameterCheck, SaysWhyItDoesNot) {
  const struct {
    const char* name;
    std::string value;
    const char* says;
  } table[] = {
      {"colour", "red", "is not known: tenant, by and zone are"},
      {"tenant", "", "must not be empty"},
      {"tenant", " ", "must not be empty"},
      {"zone", std::string(401, 'a'), "must have at most 400 bytes"},
      {"by", "day", "is there twice"},
  };
  for (const auto& row : table) {
    json_mistakes mistakes;
    parameter_check check{{"tenant", "by", "zone"}, mistakes};
    EXPECT_TRUE(check.admits("by", "day"));
    EXPECT_FALSE(check.admits(row.name, row.value));
    ASSERT_EQ(mistakes.size(), 1u) << row.says;
    EXPECT_EQ(mistakes[0].path, row.name);
    EXPECT_EQ(mistakes[0].message, row.says);
  }
}

}  // namespace
}  // namespace tonris::model
