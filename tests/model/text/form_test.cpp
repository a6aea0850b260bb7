#include "model/text/form.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace tonris::model {
namespace {

using testing::ElementsAre;
using testing::Pair;

TEST(Form, KeepsOrderRepeatsAndSpaces) {
  EXPECT_THAT(parse_form("b=2&a=+JANE%20DOE+&b=&c&=x").value(),
              ElementsAre(Pair("b", "2"), Pair("a", " JANE DOE "), Pair("b", ""), Pair("c", ""), Pair("", "x")));
}

TEST(Form, DecodesNamesAndValues) {
  EXPECT_THAT(parse_form("N%61me=O%27Brien+%26+S%C3%B6hne&v=a=b%3D%00").value(),
              ElementsAre(Pair("Name", "O'Brien & S\xc3\xb6hne"), Pair("v", std::string("a=b=\0", 5))));
}

TEST(Form, IsEmptyWhenNothingCame) {
  EXPECT_TRUE(parse_form("").value().empty());
  EXPECT_TRUE(parse_form("&&&").value().empty());
}

struct bad {
  std::string why, text;
  codec_errc error;
};
class FormRefuses : public testing::TestWithParam<bad> {};
TEST_P(FormRefuses, WithItsReason) {
  EXPECT_EQ(parse_form(GetParam().text).error(), GetParam().error);
}

std::string fields(std::size_t n) {
  std::string text;
  for (std::size_t i = 0; i < n; ++i) text += "a=1&";
  return text;
}

INSTANTIATE_TEST_SUITE_P(Bodies, FormRefuses,
                         testing::Values(bad{"PercentAtTheEnd", "a=%", codec_errc::not_form},
                                         bad{"HalfPercent", "a=%4", codec_errc::not_form},
                                         bad{"PercentNoHex", "a=%4g", codec_errc::not_form},
                                         bad{"PercentInTheName", "%zz=1", codec_errc::not_form},
                                         bad{"PercentAcrossPieces", "a=%4&1=2", codec_errc::not_form},
                                         bad{"Space", "a=b c", codec_errc::not_form},
                                         bad{"LineEnd", "a=1\r\n", codec_errc::not_form},
                                         bad{"Zero", std::string("a=\0", 3), codec_errc::not_form},
                                         bad{"Binary", "a=\x80\xff", codec_errc::not_form},
                                         bad{"Json", R"({"a": 1})", codec_errc::not_form},
                                         bad{"TooManyFields", fields(max_form_fields + 1), codec_errc::too_many},
                                         bad{"AMillionFields", fields(1'000'000), codec_errc::too_many}),
                         [](const auto& r) { return r.param.why; });

TEST(Form, TakesAsManyFieldsAsAllowed) {
  EXPECT_EQ(parse_form(fields(max_form_fields)).value().size(), max_form_fields);
}

TEST(Form, FindsTheFirstValueOfAName) {
  const form f = {{"a", "1"}, {"b", "2"}, {"b", "3"}};
  EXPECT_EQ(field(f, "b"), "2");
  EXPECT_EQ(field(f, "B"), "");
  EXPECT_EQ(field({}, ""), "");
}

}  // namespace
}  // namespace tonris::model
