#include "model/money/cost_change.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace tonris::model {
namespace {

cost_part dollars(micros amount) {
  return {{amount, us_dollars}, true, cost_source::vendor, {}};
}
cost_part pounds(micros amount, std::optional<micros> in_dollars) {
  return {{amount, *currency::parse("GBP")}, true, cost_source::vendor, {}, in_dollars};
}
micros grown(const cost_change& by, std::size_t part = 0) {
  return by.grown.at(part);
}
micros shrunk(const cost_change& by, std::size_t part = 0) {
  return by.shrunk.at(part);
}

TEST(CostChange, GrowsByWhatIsNewAndShrinksByWhatWasTooMuch) {
  cost_change by;
  call_cost before, now;
  now.twilio = dollars(8'500);
  by.add(before, now);
  EXPECT_EQ(grown(by), 8'500);
  before = now;
  now.twilio = dollars(8'000);
  by.add(before, now);
  EXPECT_EQ(grown(by), 8'500);
  EXPECT_EQ(shrunk(by), 500);
  by.add(now, now);
  by.add(now, {});
  EXPECT_EQ(grown(by), 8'500);
  EXPECT_EQ(shrunk(by), 8'500) << "nothing is left";
}

TEST(CostChange, KnowsEachPart) {
  for (std::size_t i = 0; i < cost_parts.size(); ++i) {
    call_cost cost;
    cost.*cost_parts[i].part = dollars(7);
    cost_change by, expected;
    by.add({}, cost);
    expected.grown[i] = 7;
    EXPECT_EQ(by, expected) << cost_parts[i].name;
    EXPECT_EQ(total(cost), 7) << cost_parts[i].name;
  }
}

TEST(CostChange, CountsAnotherCurrencyByWhatItIsInDollars) {
  cost_change by;
  call_cost cost;
  cost.twilio = pounds(100, 125);
  by.add({}, cost);
  EXPECT_EQ(grown(by), 125);
  call_cost unknown;
  unknown.twilio = pounds(100, std::nullopt);
  by.add(cost, unknown);
  EXPECT_EQ(shrunk(by), 125) << "nobody knows what it is";
}

TEST(CostChange, OfABillThatGivesBackMoreThanItTook) {
  cost_change by;
  call_cost cost;
  cost.llm = dollars(-300);
  by.add({}, cost);
  EXPECT_EQ(shrunk(by, cost_parts.size() - 1), 300);
}

TEST(CostChange, AddsUpAndDoesNotOverflow) {
  call_cost cost;
  cost.transfer = dollars(40);
  cost_change by, more;
  more.add({}, cost);
  by.add(more);
  by.add(more);
  EXPECT_EQ(grown(by, 3), 80);
  constexpr auto most = std::numeric_limits<micros>::max() / 2;  // saturated_sum's
  by.grown[3] = most - 10;
  by.add({}, cost);
  by.add(more);
  EXPECT_EQ(grown(by, 3), most);
}

}  // namespace
}  // namespace tonris::model
