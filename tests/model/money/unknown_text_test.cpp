#include "model/money/unknown_text.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace tonris::model {
namespace {

drift_row row_of(const std::string& tenant, const char* code, std::size_t count, micros amount, std::int64_t seconds) {
  drift_row row;
  row.tenant = {tenant};
  row.in = currency::parse(code).value();
  row.only_theirs = {count, amount, {}, seconds};
  return row;
}

TEST(UnknownText, IsReadAsItWasWritten) {
  const std::vector rows{row_of("", "USD", 3, 25'500, 180), row_of("salon \"1\"", "EUR", 1, -8'000, 0),
                         row_of("shop", "USD", 100'000, std::numeric_limits<micros>::max() / 2, 1'000'000)};
  EXPECT_EQ(text_of_unknown(std::span{rows}.first(1)), R"([["","USD",3,25500,180]])");
  EXPECT_EQ(parse_unknown(text_of_unknown(rows)), rows);
  EXPECT_EQ(text_of_unknown({}), "[]");
  EXPECT_EQ(parse_unknown("[]"), std::vector<drift_row>{});
}

TEST(UnknownText, LeavesOutWhichCallsTheyAreAndWhatBothSidesKnow) {
  auto row = row_of("salon-1", "USD", 1, 8'500, 61);
  row.only_theirs.calls = {{"CA1"}};
  row.ours = row.theirs = 17'000;
  row.calls = 2;
  EXPECT_EQ(text_of_unknown(std::span{&row, 1}), R"([["salon-1","USD",1,8500,61]])");
}

TEST(UnknownText, IsNothingElse) {
  for (const auto* const text :
       {"", "{}", "[1]", "[[]]", R"([["a","USD",1,2]])", R"([["a","USD",1,2,3,4]])", R"([["a","US",1,2,3]])",
        R"([[1,"USD",1,2,3]])", R"([["a","USD",-1,2,3]])", R"([["a","USD",1,2.5,3]])", R"([["a","USD",1,2,"3"]])",
        R"([["a","USD",1,2,3])", R"([["a","USD",1,2,99999999999999999999]])"})
    EXPECT_FALSE(parse_unknown(text)) << text;
  EXPECT_FALSE(parse_unknown(std::string(most_unknown_bytes, ' ') + "[]"));
}

}  // namespace
}  // namespace tonris::model
