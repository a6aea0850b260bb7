#include "model/money/money.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <random>

namespace tonris::model {
namespace {

currency named(const char* code) {
  return currency::parse(code).value();
}

TEST(Money, ReadsDecimalsExactly) {
  for (const auto& [text, amount] : std::initializer_list<std::pair<std::string, micros>>{
           {"0", 0},
           {"-0", 0},
           {"-0.00000", 0},
           {"0.10", 100'000},
           {"-0.0085", -8'500},
           {"-0.04200", -42'000},
           {".5", 500'000},
           {"12", 12'000'000},
           {"007", 7'000'000},
           {"8.5e-03", 8'500},
           {"8.5E-3", 8'500},
           {"85e-4", 8'500},
           {"1e2", 100'000'000},
           {"1e+2", 100'000'000},
           {"0.000001", 1},
           {"0.0000014", 1},
           {"0.0000015", 2},
           {"-0.0000015", -2},
           {"0.00000149999999", 1},
           {"0.0000005", 1},
           {"0.00000049", 0},
           {"-0.0000004", 0},
           {"5e-7", 1},
           {"5e-8", 0},
           {"1e-100", 0},
           {"0e100", 0},
           {"0.9999995", 1'000'000},
           {"0.0000000000000000000000000000000000000000000000000000000001e58", 1'000'000},
           {"999999999.999999", most_micros - 1},
           {"1000000000", most_micros},
           {"-1000000000.0000001", -most_micros}})
    EXPECT_EQ(parse_micros(text), amount) << text;
}

TEST(Money, RefusesJunkAndWhatNobodyPays) {
  for (const auto* text : {"",
                           "-",
                           "+1",
                           ".",
                           "5.",
                           "-.",
                           "1.2.3",
                           "1,2",
                           " 1",
                           "1 ",
                           "0x10",
                           "1e",
                           "1e-",
                           "e5",
                           "1e5.5",
                           "1e101",
                           "1e-101",
                           "1e99999999999999999999",
                           "1e20",
                           "NaN",
                           "inf",
                           "null",
                           "$1",
                           "1USD",
                           "--1",
                           "1000000000.000001",
                           "1000000000.0000005",
                           "99999999999999999999999999",
                           "00000000000000000000000000000000000000000000000000000000000000001"})
    EXPECT_FALSE(parse_micros(text)) << text;
}

TEST(Money, WritesWhatItReads) {
  for (const auto& [amount, text] : std::initializer_list<std::pair<micros, std::string>>{
           {0, "0"},
           {-8'500, "-0.0085"},
           {100'000, "0.1"},
           {1, "0.000001"},
           {12'000'000, "12"},
           {-12'340'000, "-12.34"},
           {std::numeric_limits<micros>::max(), "9223372036854.775807"},
           {std::numeric_limits<micros>::min(), "-9223372036854.775808"}})
    EXPECT_EQ(to_decimal(amount), text);
  std::mt19937_64 random{1};
  for (int n = 0; n < 20'000; ++n) {
    auto amount = static_cast<micros>(random() % (2 * most_micros + 1)) - most_micros;
    amount >>= random() % 50;
    EXPECT_EQ(parse_micros(to_decimal(amount)), amount);
    EXPECT_EQ(micros_of(static_cast<double>(amount) / 1e6), amount);
  }
}

TEST(Money, OfADoubleIsRefusedWhenItIsNone) {
  EXPECT_EQ(micros_of(0.0021), 2'100);
  EXPECT_EQ(micros_of(-1e9), -most_micros);
  for (const auto number :
       {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity(), 1.1e9, -1e300})
    EXPECT_FALSE(micros_of(number)) << number;
}

TEST(Currency, IsThreeLetters) {
  EXPECT_EQ(named("USD"), us_dollars);
  EXPECT_EQ(named("usd").code(), "USD");
  for (const auto* code : {"", "US", "USDX", "U5D", "US ", "\xC3\xA6g"}) EXPECT_FALSE(currency::parse(code)) << code;
}

}  // namespace
}  // namespace tonris::model
