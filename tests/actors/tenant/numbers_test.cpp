#include "actors/tenant/numbers.hpp"

#include <gtest/gtest.h>

namespace tonris::actors::test {
namespace {

std::string owner(const tenant_numbers& numbers, const std::string& number) {
  const auto* const found = numbers.owner_of(number);
  return found ? found->value : "";
}

TEST(TenantNumbers, KnowWhoseEachIsInEachOfItsForms) {
  tenant_numbers numbers;
  numbers.begin({{"+15550100001", {"a"}}, {"+525512345678", {"old"}}});
  EXPECT_EQ(owner(numbers, "+15550100001"), "a");
  EXPECT_EQ(owner(numbers, "+5215512345678"), "old");
  EXPECT_EQ(owner(numbers, "+15550100002"), "");
  EXPECT_EQ(owner(numbers, "15550100001"), "");
  EXPECT_EQ(owner(numbers, ""), "");
}

TEST(TenantNumbers, FollowEachChange) {
  tenant_numbers numbers;
  numbers.begin({{"+15550100001", {"a"}}});
  numbers.apply({1, {"a"}, {"+15550100001"}, {"+15550100002"}});
  EXPECT_EQ(owner(numbers, "+15550100001"), "");
  EXPECT_EQ(owner(numbers, "+15550100002"), "a");
  numbers.apply({2, {"b"}, {}, {"+15550100001"}});
  EXPECT_EQ(owner(numbers, "+15550100001"), "b");
  numbers.apply({3, {"a"}, {"+15550100002"}, {}});
  EXPECT_EQ(owner(numbers, "+15550100002"), "");
  EXPECT_EQ(numbers.size(), 1u);
}

TEST(TenantNumbers, LeaveANumberToWhomItBelongsNow) {
  tenant_numbers numbers;
  numbers.begin({{"+15550100001", {"a"}}});
  numbers.apply({1, {"b"}, {}, {"+15550100001"}});
  numbers.apply({2, {"a"}, {"+15550100001"}, {}});
  EXPECT_EQ(owner(numbers, "+15550100001"), "b");
}

TEST(TenantNumbers, BeginAnew) {
  tenant_numbers numbers;
  numbers.begin({{"+15550100001", {"a"}}});
  numbers.begin({{"+15550100002", {"a"}}});
  EXPECT_EQ(owner(numbers, "+15550100001"), "");
  EXPECT_EQ(numbers.size(), 1u);
}

}  // namespace
}  // namespace tonris::actors::test
