#include "model/money/exchange.hpp"

#include <gtest/gtest.h>

namespace tonris::model {
namespace {

TEST(Exchange, IsByTheRate) {
  usage_rates rates;
  rates.exchange = {{"EUR", 1.25}, {"JPY", 0.0065}};
  const auto euros = *currency::parse("EUR"), yen = *currency::parse("JPY"), kroner = *currency::parse("DKK");
  EXPECT_EQ(dollars_of(rates, {8'000, euros}), 10'000);
  EXPECT_EQ(dollars_of(rates, {-8'000, euros}), -10'000) << "given back";
  EXPECT_EQ(dollars_of(rates, {1'000'001, yen}), 6'500);
  EXPECT_EQ(dollars_of(rates, {8'000, us_dollars}), 8'000);
  EXPECT_EQ(dollars_of(rates, {8'000, kroner}), std::nullopt);
  EXPECT_EQ(dollars_of(rates, {0, kroner}), 0);
}

TEST(Exchange, OfWhatNobodyCanCountIsNothing) {
  usage_rates rates;
  rates.exchange = {{"EUR", 1e6}, {"JPY", 1e-6}};
  EXPECT_EQ(dollars_of(rates, {most_micros, *currency::parse("EUR")}), std::nullopt);
}

}  // namespace
}  // namespace tonris::model
