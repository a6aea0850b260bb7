#include "config/dotenv.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tonris::config {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;

struct dotenv_value {
  std::string why, line, value;
};
class DotenvReads : public testing::TestWithParam<dotenv_value> {};
TEST_P(DotenvReads, AValue) {
  const auto file = parse_dotenv(GetParam().line);
  EXPECT_THAT(file.mistakes, IsEmpty());
  EXPECT_THAT(file.values, ElementsAre(Pair("NAME", GetParam().value)));
}
INSTANTIATE_TEST_SUITE_P(
    Lines, DotenvReads,
    testing::Values(dotenv_value{"Bare", "NAME=a b", "a b"}, dotenv_value{"Spaces", "  NAME =  a  ", "a"},
                    dotenv_value{"Export", "export NAME=a", "a"}, dotenv_value{"WindowsLineEnd", "NAME=a\r\n", "a"},
                    dotenv_value{"Empty", "NAME=", ""}, dotenv_value{"EqualsInValue", "NAME=a=b=", "a=b="},
                    dotenv_value{"CommentBehind", "NAME=a # b", "a"},
                    dotenv_value{"HashInsideAWord", "NAME=a#b", "a#b"}, dotenv_value{"OnlyAComment", "NAME=# b", ""},
                    dotenv_value{"SingleQuotes", R"(NAME='a \n "b" #')", R"(a \n "b" #)"},
                    dotenv_value{"DoubleQuotes", R"(NAME="a\n\"b\" \\ \$x # c")", "a\n\"b\" \\ $x # c"},
                    dotenv_value{"CommentBehindQuotes", "NAME=\"a\" # b", "a"},
                    dotenv_value{"DollarIsNotExpanded", "NAME=$HOME", "$HOME"},
                    dotenv_value{"ByteOrderMark", "\xEF\xBB\xBFNAME=a", "a"},
                    dotenv_value{"LastOneCounts", "NAME=a\nNAME=b\n", "b"},
                    dotenv_value{"CommentsAndBlanks", "# x\n\n  \n #NAME=c\nNAME=a\n", "a"}),
    [](const auto& row) { return row.param.why; });

struct dotenv_mistake {
  std::string why, text, mistake;
};
class DotenvRefuses : public testing::TestWithParam<dotenv_mistake> {};
TEST_P(DotenvRefuses, ALineByItsNumberOnly) {
  const auto file = parse_dotenv(GetParam().text);
  EXPECT_THAT(file.mistakes, ElementsAre(GetParam().mistake));
  EXPECT_THAT(file.mistakes, ElementsAre(Not(HasSubstr("s3cret"))));
}
INSTANTIATE_TEST_SUITE_P(
    Lines, DotenvRefuses,
    testing::Values(
        dotenv_mistake{"NoEquals", "A=1\ns3cret\nB=2", "line 2 must be NAME=value"},
        dotenv_mistake{"NoName", "=s3cret", "line 1 must begin with a name of letters, digits and '_'"},
        dotenv_mistake{"DigitFirst", "\n1A=s3cret", "line 2 must begin with a name of letters, digits and '_'"},
        dotenv_mistake{"NameWithDash", "A-B=s3cret", "line 1 must begin with a name of letters, digits and '_'"},
        dotenv_mistake{"OpenQuote", "A=\"s3cret", "line 1 must end with its closing quote"},
        dotenv_mistake{"OpenQuoteAfterBackslash", "A=\"s3cret\\", "line 1 must end with its closing quote"},
        dotenv_mistake{"TextAfterQuote", "A='s3cret'x", "line 1 must end with its closing quote"}),
    [](const auto& row) { return row.param.why; });

TEST(Dotenv, ReadsOnAfterAMistake) {
  const auto file = parse_dotenv("A=1\nwrong\nB=2");
  EXPECT_THAT(file.values, ElementsAre(Pair("A", "1"), Pair("B", "2")));
}

}  // namespace
}  // namespace tonris::config
