#include "model/finding/full_text.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "model/text/utf8.hpp"

namespace tonris::model {
namespace {

TEST(MatchExpression, IsWordsAndBeginningsAndPhrases) {
  for (const auto& [words, expression] : std::initializer_list<std::pair<std::string, std::string>>{
           {"haircut", R"("haircut")"},
           {"  cut \t hair\r\n", R"("cut" "hair")"},
           {"hair*", R"("hair"*)"},
           {"hair**", R"("hair"*)"},
           {R"("hair*")", R"("hair*")"},
           {"*hair", R"("*hair")"},
           {R"("two o'clock")", R"("two o'clock")"},
           {R"("two o'clock"*)", R"("two o'clock"*)"},
           {R"("two o'clock" * later)", R"("two o'clock" "later")"},
           {R"(at"two o'clock"sharp)", R"("at" "two o'clock" "sharp")"},
           {R"(" two ")", R"("two")"},
           {R"("never closed)", R"("never closed")"},
           {R"(inch")", R"("inch")"},
           {R"("" a "")", R"("a")"},
           {"Klippetid på lørdag", R"("Klippetid" "på" "lørdag")"},
           {"理发", R"("理发")"}})
    EXPECT_EQ(match_expression(words), expression) << words;
}

TEST(MatchExpression, KnowsNoSyntaxButThat) {
  for (const auto& [words, expression] : std::initializer_list<std::pair<std::string, std::string>>{
           {"a AND b", R"("a" "AND" "b")"},
           {"NOT a", R"("NOT" "a")"},
           {"a OR b", R"("a" "OR" "b")"},
           {"NEAR(a b, 5)", R"x("NEAR(a" "b," "5)")x"},
           {"summary:a", R"("summary:a")"},
           {"{a b}: c", R"("{a" "b}:" "c")"},
           {"^a", R"("^a")"},
           {"a + b", R"("a" "b")"},
           {"-a", R"("-a")"},
           {"'); DROP TABLE calls; --", R"("DROP" "TABLE" "calls;")"},
           {"(((", ""}})
    EXPECT_EQ(match_expression(words), expression) << words;
}

TEST(MatchExpression, IsEmptyWithoutAWord) {
  for (const auto* words : {"", " ", "*", "\"\"", "\"", "\"\"\"*", "- + ^ :", "\" \" * \"", "\t\n\x01\x7F"})
    EXPECT_EQ(match_expression(words), "") << words;
}

TEST(MatchExpression, IsOfTheFirstBytesOnly) {
  const std::string word(max_search_bytes, 'a');
  EXPECT_EQ(match_expression(word + "b c"), '"' + word + '"');
  const std::string cut = std::string(max_search_bytes - 1, 'a') + "\xC3\xA6";
  EXPECT_EQ(match_expression(cut), '"' + std::string(max_search_bytes - 1, 'a') + '"');
}

/// The grammar: strings without a quotation mark in them, each perhaps with an asterisk, one blank between.
bool is_safe(const std::string& expression) {
  std::size_t at = 0;
  while (at < expression.size()) {
    if (expression[at] != '"') return false;
    const auto end = expression.find('"', at + 1);
    if (end == std::string::npos || end == at + 1) return false;
    at = end + 1;
    if (at < expression.size() && expression[at] == '*') ++at;
    if (at == expression.size()) return true;
    if (expression[at++] != ' ') return false;
  }
  return expression.empty();
}

TEST(MatchExpression, IsSafeWhateverTheWordsAre) {
  constexpr std::string_view alphabet{"ab\"\"** +-^:(){}'\\\0\n\xC3\xA6\xFF,", 22};
  std::mt19937 random{1};
  std::uniform_int_distribution<std::size_t> letter{0, alphabet.size() - 1}, length{0, 30};
  for (int n = 0; n < 20'000; ++n) {
    std::string words(length(random), ' ');
    std::generate(words.begin(), words.end(), [&] { return alphabet[letter(random)]; });
    const auto expression = match_expression(words);
    EXPECT_TRUE(is_safe(expression)) << words << " -> " << expression;
    EXPECT_TRUE(is_utf8(expression)) << words;
    EXPECT_EQ(expression.find('\0'), std::string::npos);
  }
}

TEST(SearchedText, IsWhatWasSaidAndNotedAndSummedUp) {
  call_record record;
  record.from = "+15550100001";
  record.transcript = {{true, "Good morning, how can I help?", {}, "Good mor", 1}, {false, "A haircut", {}, {}, 0}};
  record.notes = {{{}, "wants Anna"}};
  record.reports.resize(2);
  record.reports[1].summary = "Booked a haircut.";
  record.end_detail = "reset by peer";
  EXPECT_EQ(searched_text(record), "Booked a haircut.\nwants Anna\nGood morning, how can I help?\nA haircut\n");
  EXPECT_EQ(searched_text({}), "");
}

TEST(SearchedText, IsBounded) {
  call_record record;
  record.notes = {{{}, "a"}};
  for (int n = 0; n < 3; ++n)
    record.transcript.push_back({false, std::string(max_searched_bytes / 2, '.') + "æ", {}, {}, 0});
  const auto text = searched_text(record);
  EXPECT_LE(text.size(), max_searched_bytes);
  EXPECT_GE(text.size(), max_searched_bytes - 3);
  EXPECT_TRUE(is_utf8(text));
}

}  // namespace
}  // namespace tonris::model
