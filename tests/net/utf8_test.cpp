#include "net/utf8.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tonris::net {
namespace {

struct row {
  std::string name;
  std::string text;
  bool valid;
};
void PrintTo(const row& r, std::ostream* out) {
  *out << r.name;
}

class Utf8 : public testing::TestWithParam<row> {};

TEST_P(Utf8, IsJudgedAloneAndBehindAndBeforeAsciiOfAnyLength) {
  const auto& [name, text, valid] = GetParam();
  for (const std::size_t filling : {0, 1, 7, 8, 9, 31, 32, 33, 64, 100}) {
    const std::string ascii(filling, 'a');
    EXPECT_EQ(is_utf8(text + ascii), valid) << filling;
    EXPECT_EQ(is_utf8(ascii + text), valid) << filling;
    EXPECT_EQ(is_utf8(ascii + text + ascii), valid) << filling;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, Utf8,
    testing::Values(row{"Empty", "", true}, row{"Nul", std::string(1, '\0'), true}, row{"Delete", "\x7F", true},
                    row{"FirstOfTwo", "\xC2\x80", true}, row{"LastOfTwo", "\xDF\xBF", true},
                    row{"FirstOfThree", "\xE0\xA0\x80", true}, row{"BeforeSurrogates", "\xED\x9F\xBF", true},
                    row{"AfterSurrogates", "\xEE\x80\x80", true}, row{"LastOfThree", "\xEF\xBF\xBF", true},
                    row{"FirstOfFour", "\xF0\x90\x80\x80", true}, row{"LastOfFour", "\xF4\x8F\xBF\xBF", true},
                    row{"Greeting", "gr\xC3\xBC\xC3\x9F dich \xF0\x9F\x91\x8B", true},
                    row{"LoneContinuation", "\x80", false}, row{"LastContinuation", "\xBF", false},
                    row{"OverlongNul", "\xC0\x80", false}, row{"OverlongSlash", "\xC1\xBF", false},
                    row{"OverlongThree", "\xE0\x9F\xBF", false}, row{"OverlongFour", "\xF0\x8F\xBF\xBF", false},
                    row{"FirstSurrogate", "\xED\xA0\x80", false}, row{"LastSurrogate", "\xED\xBF\xBF", false},
                    row{"BeyondUnicode", "\xF4\x90\x80\x80", false}, row{"LeadF5", "\xF5\x80\x80\x80", false},
                    row{"LeadFF", "\xFF", false}, row{"LeadFE", "\xFE", false}, row{"CutTwo", "\xC3", false},
                    row{"CutThree", "\xE2\x82", false}, row{"CutFour", "\xF0\x9F\x91", false},
                    row{"TwoWithoutContinuation", "\xC3\x28", false}, row{"ThreeWithBadLast", "\xE2\x82\x28", false},
                    row{"FourWithBadThird", "\xF0\x9F\x28\x8B", false}),
    [](const auto& test) { return test.param.name; });

TEST(Utf8Prefix, NeverCutsACharacter) {
  const std::string text = "a\xC3\xBC\xE2\x82\xAC\xF0\x9F\x91\x8B";  // lengths 1, 2, 3, 4
  const std::size_t whole[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 10};
  for (std::size_t limit = 0; limit < std::size(whole); ++limit)
    EXPECT_EQ(utf8_prefix(text, limit).size(), whole[limit]) << limit;
}

}  // namespace
}  // namespace tonris::net
