#include "model/text/csv.hpp"

#include <gtest/gtest.h>

namespace tonris::model {
namespace {

std::string field(std::string_view text) {
  std::string out;
  append_csv_text(text, out);
  return out;
}

TEST(Csv, QuotesWhatNeedsIt) {
  for (const auto& [text, shown] :
       std::initializer_list<std::pair<std::string, std::string>>{{"", ""},
                                                                  {"plain", "plain"},
                                                                  {"Frisør Æblegård", "Frisør Æblegård"},
                                                                  {"a,b", R"("a,b")"},
                                                                  {R"(say "hi")", R"("say ""hi""")"},
                                                                  {"two\r\nlines", "\"two\r\nlines\""},
                                                                  {" blank", "\" blank\""},
                                                                  {"tab\tinside", "tab\tinside"},
                                                                  {std::string{"a\0b", 3}, "a b"},
                                                                  {"a\x1B[31m\x7F", "\"a [31m \""},
                                                                  {"a\xFF", "a\xEF\xBF\xBD"}})
    EXPECT_EQ(field(text), shown) << text;
}

TEST(Csv, RunsNothingInASpreadsheet) {
  for (const auto& [text, shown] : std::initializer_list<std::pair<std::string, std::string>>{
           {"=1+1", "'=1+1"},
           {"=HYPERLINK(\"http://x\",\"y\")", R"x("'=HYPERLINK(""http://x"",""y"")")x"},
           {"+1+cmd", "'+1+cmd"},
           {"+1555...", "'+1555..."},
           {"-2+3", "'-2+3"},
           {"@SUM(A1)", "'@SUM(A1)"},
           {"\t=1", "'\t=1"},
           {"\r=1", "\"'\r=1\""},
           {"\n=1", "\"'\n=1\""},
           {"+", "'+"},
           {"+123456", "'+123456"},
           {"+1234567890123456", "'+1234567890123456"},
           {"+0123456789", "'+0123456789"},
           {"+15550100001", "+15550100001"},
           {"a=1", "a=1"},
           {"'", "'"}})
    EXPECT_EQ(field(text), shown) << text;
}

}  // namespace
}  // namespace tonris::model
