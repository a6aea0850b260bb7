#include "model/tenant/callers.hpp"

#include <chrono>
#include <string>

#include <gtest/gtest.h>

namespace tonris::model {
namespace {

TEST(Callers, AreAmongNumbersInAnyOfTheirForms) {
  EXPECT_TRUE(is_among({"+15551234567"}, "+15551234567"));
  EXPECT_TRUE(is_among({"+525512345678"}, "+5215512345678")) << "Mexico's two forms";
  EXPECT_FALSE(is_among({"+15551234567"}, "+15551234568"));
  EXPECT_FALSE(is_among({}, "+15551234567"));
}

TEST(Callers, AreAmongThoseWhoseNumbersBeginSo) {
  EXPECT_TRUE(is_among({"+1555*"}, "+15551234567"));
  EXPECT_FALSE(is_among({"+1555*"}, "+15561234567"));
  EXPECT_FALSE(is_among({"+1555*"}, "anonymous"));
}

TEST(Callers, WhoWithholdTheirNumberAreAmongTheWithheldAlone) {
  for (const auto* caller : {"anonymous", "", "client:anna"}) {
    EXPECT_TRUE(is_withheld(caller));
    EXPECT_TRUE(is_among({"+15551234567", "withheld"}, caller));
    EXPECT_FALSE(is_among({"+15551234567", "+1*"}, caller));
  }
  EXPECT_FALSE(is_among({"withheld"}, "+15551234567"));
}

TEST(CallerRules, CountInTheirOrder) {
  tenant t;
  t.caller_rules = {{"one", {"+15551234567"}, tenant::action::block, {}, {}},
                    {"all", {"+1555*"}, tenant::action::agent, {"a"}, {}},
                    {"hidden", {"withheld"}, tenant::action::block, {}, {}}};
  EXPECT_EQ(rule_for(t, "+15551234567")->name, "one");
  EXPECT_EQ(rule_for(t, "+15551234568")->name, "all");
  EXPECT_EQ(rule_for(t, "anonymous")->name, "hidden");
  EXPECT_EQ(rule_for(t, "+4570123456"), nullptr);
}

TEST(Callers, AreFoundOutQuicklyAmongTenThousand) {
  std::vector<std::string> many;
  for (int n = 0; n < 10'000; ++n) many.push_back("+1555" + std::to_string(1'000'000 + n));
  const auto began = std::chrono::steady_clock::now();
  for (int n = 0; n < 10; ++n) EXPECT_FALSE(is_among(many, "+15559999999"));
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::milliseconds{100})
      << "comparing all forms: a second";
}

}  // namespace
}  // namespace tonris::model
