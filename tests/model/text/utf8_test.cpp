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

struct text_row {
  std::string name, text;
  bool valid;
};
class Utf8Text : public testing::TestWithParam<text_row> {};

TEST_P(Utf8Text, IsJudgedAloneAndBehindAndBeforeAsciiOfAnyLength) {
  const auto& [name, text, valid] = GetParam();
  for (const std::size_t filling : {0, 1, 7, 8, 9, 31, 32, 33, 64, 100}) {
    const std::string ascii(filling, 'a');
    EXPECT_EQ(is_utf8(text + ascii), valid) << filling;
    EXPECT_EQ(is_utf8(ascii + text), valid) << filling;
    EXPECT_EQ(is_utf8(ascii + text + ascii), valid) << filling;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Texts, Utf8Text,
    testing::Values(
        text_row{"Empty", "", true}, text_row{"Nul", std::string(1, '\0'), true}, text_row{"Delete", "\x7F", true},
        text_row{"FirstOfTwo", "\xC2\x80", true}, text_row{"LastOfTwo", "\xDF\xBF", true},
        text_row{"FirstOfThree", "\xE0\xA0\x80", true}, text_row{"BeforeSurrogates", "\xED\x9F\xBF", true},
        text_row{"AfterSurrogates", "\xEE\x80\x80", true}, text_row{"LastOfThree", "\xEF\xBF\xBF", true},
        text_row{"FirstOfFour", "\xF0\x90\x80\x80", true}, text_row{"LastOfFour", "\xF4\x8F\xBF\xBF", true},
        text_row{"Greeting", "gr\xC3\xBC\xC3\x9F dich \xF0\x9F\x91\x8B", true},
        text_row{"LoneContinuation", "\x80", false}, text_row{"LastContinuation", "\xBF", false},
        text_row{"OverlongNul", "\xC0\x80", false}, text_row{"OverlongSlash", "\xC1\xBF", false},
        text_row{"OverlongThree", "\xE0\x9F\xBF", false}, text_row{"OverlongFour", "\xF0\x8F\xBF\xBF", false},
        text_row{"FirstSurrogate", "\xED\xA0\x80", false}, text_row{"LastSurrogate", "\xED\xBF\xBF", false},
        text_row{"BeyondUnicode", "\xF4\x90\x80\x80", false}, text_row{"LeadF5", "\xF5\x80\x80\x80", false},
        text_row{"LeadFF", "\xFF", false}, text_row{"LeadFE", "\xFE", false}, text_row{"CutTwo", "\xC3", false},
        text_row{"CutThree", "\xE2\x82", false}, text_row{"CutFour", "\xF0\x9F\x91", false},
        text_row{"TwoWithoutContinuation", "\xC3\x28", false}, text_row{"ThreeWithBadLast", "\xE2\x82\x28", false},
        text_row{"FourWithBadThird", "\xF0\x9F\x28\x8B", false}),
    [](const auto& test) { return test.param.name; });

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

TEST(Utf8Prefix, KeepsWholeCharactersOfEachLength) {
  const std::string text = "a\xC3\xBC\xE2\x82\xAC\xF0\x9F\x91\x8B";  // lengths 1, 2, 3, 4
  const std::size_t whole[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 10};
  for (std::size_t limit = 0; limit < std::size(whole); ++limit)
    EXPECT_EQ(utf8_prefix(text, limit).size(), whole[limit]) << limit;
  const std::size_t at_the_end[] = {0, 0, 0, 0, 4, 4, 4, 7, 7, 9, 10, 10};
  for (std::size_t limit = 0; limit < std::size(at_the_end); ++limit)
    EXPECT_EQ(utf8_suffix(text, limit).size(), at_the_end[limit]) << limit;
  EXPECT_EQ(utf8_characters(text), 4U);
  EXPECT_EQ(utf8_characters(""), 0U);
}

}  // namespace
}  // namespace tonris::model
