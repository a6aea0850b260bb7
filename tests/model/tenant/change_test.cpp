#include "model/tenant/change.hpp"

#include <gtest/gtest.h>

namespace tonris::model {
namespace {

tenant salon() {
  tenant t;
  t.id = {"a"};
  t.phone_number = "+15551234567";
  return t;
}

TEST(TenantChange, IsTheOperatorsWhereItIsAboutTerms) {
  const auto before = salon();
  EXPECT_EQ(refused_change(&before, before, false), std::nullopt);
  auto greeting = before;
  greeting.greeting = "Hi";
  EXPECT_EQ(refused_change(&before, greeting, false), std::nullopt);
  auto status = before, number = before, numbers = before, limits = before, outbound = before;
  status.status = tenant::status_type::suspended;
  number.phone_number = "+15551234568";
  numbers.numbers.push_back({"+15551234569", {}, {}});
  limits.limits.max_concurrent_calls = 9;
  outbound.outbound.emplace().enabled = true;
  for (const auto& now : {status, number, numbers, limits, outbound}) {
    EXPECT_EQ(refused_change(&before, now, false), change_refusal::terms);
    EXPECT_EQ(refused_change(&before, now, true), std::nullopt);
  }
  EXPECT_EQ(refused_change(nullptr, before, false), change_refusal::terms) << "a sign-up";
  EXPECT_EQ(refused_change(nullptr, before, true), std::nullopt);
}

TEST(TenantChange, KeepsItsIdAndGoesTheWaysOfItsStatus) {
  const auto before = salon();
  auto other = before, pending = before;
  other.id = {"b"};
  pending.status = tenant::status_type::pending;
  EXPECT_EQ(refused_change(&before, other, true), change_refusal::another_id);
  EXPECT_EQ(refused_change(&before, pending, true), change_refusal::status);
}

/// A key that a document only says is there may be none.
TEST(TenantChange, NeedsAKeyOfItsOwnForALimitOfItsOwn) {
  const auto mistakes_of = [](const tenant& t) {
    json_mistakes mistakes;
    refuse_without_secret(t, mistakes);
    return mistakes;
  };
  auto now = salon();
  EXPECT_TRUE(mistakes_of(now).empty());
  now.limits.vendor_calls = 5;
  now.secrets.api_key.is = tenant_secret::form::kept;
  EXPECT_TRUE(mistakes_of(now).empty());
  keep_former(now.secrets, {});
  ASSERT_EQ(mistakes_of(now).size(), 1u);
  EXPECT_EQ(mistakes_of(now).front().path, "settings.limits.vendorCalls");
}

}  // namespace
}  // namespace tonris::model
