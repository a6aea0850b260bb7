#include "model/text/utf8.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tonris::model {
namespace {

struct row {
  std::string why, text;
  std::size_t length;
};
class Utf8Length : public testing::TestWithParam<row> {};

TEST_P(Utf8Length, IsThatOfTheFirstSequence) {
  EXPECT_EQ(utf8_length(GetParam().text), GetParam().length);
}

INSTANTIATE_TEST_SUITE_P(
    Sequences, Utf8Length,
    testing::Values(row{"Nothing", "", 0}, row{"Ascii", "ab", 1}, row{"Two", "\xc3\xb6x", 2},
                    row{"Three", "\xe2\x82\xac", 3}, row{"Four", "\xf0\x9f\x98\x80", 4}, row{"Cut", "\xe2\x82", 0},
                    row{"TailFirst", "\x80", 0}, row{"TailMissing", "\xc3(", 0}, row{"OverlongTwo", "\xc0\xaf", 0},
                    row{"OverlongThree", "\xe0\x9f\xbf", 0}, row{"OverlongFour", "\xf0\x8f\xbf\xbf", 0},
                    row{"Surrogate", "\xed\xa0\x80", 0}, row{"BeforeSurrogates", "\xed\x9f\xbf", 3},
                    row{"Last", "\xf4\x8f\xbf\xbf", 4}, row{"BeyondLast", "\xf4\x90\x80\x80", 0},
                    row{"NeverALead", "\xff\xbf\xbf\xbf", 0}, row{"FiveBytes", "\xf8\x88\x80\x80\x80", 0}),
    [](const auto& r) { return r.param.why; });

TEST(Utf8Prefix, CutsNoSequenceInTwo) {
  const std::string text =
      "a\xe2\x82\xac"
      "b";
  EXPECT_EQ(utf8_prefix(text, 0), "");
  EXPECT_EQ(utf8_prefix(text, 1), "a");
  EXPECT_EQ(utf8_prefix(text, 2), "a");
  EXPECT_EQ(utf8_prefix(text, 3), "a");
  EXPECT_EQ(utf8_prefix(text, 4), "a\xe2\x82\xac");
  EXPECT_EQ(utf8_prefix(text, 5), text);
  EXPECT_EQ(utf8_prefix(text, 50), text);
  EXPECT_EQ(utf8_prefix("\x80\x80\x80", 2), "");
}

}  // namespace
}  // namespace tonris::model
