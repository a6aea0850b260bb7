#include "model/call/transcript.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tonris::model {
namespace {

call_record::line said(std::string text, std::int64_t event_id = 0, bool agent = false) {
  return {agent, std::move(text), {}, std::nullopt, event_id};
}

TEST(Transcript, KeepsTheNewestThousandLinesAndCountsTheOthers) {
  call_record record;
  for (int n = 0; n < 1'234; ++n) add_line(record, said("line " + std::to_string(n)));
  ASSERT_EQ(record.transcript.size(), max_transcript_lines);
  EXPECT_EQ(record.transcript.front().text, "line 234");
  EXPECT_EQ(record.transcript.back().text, "line 1233");
  EXPECT_EQ(record.lines_left_out, 234u);
}

TEST(Transcript, KeepsTheNewestQuarterOfAMebibyte) {
  call_record record;
  for (int n = 0; n < 100; ++n) add_line(record, said(std::string(4'000, static_cast<char>('A' + n % 26))));
  EXPECT_EQ(record.transcript.size(), max_transcript_bytes / 4'000);
  EXPECT_EQ(record.transcript.back().text, std::string(4'000, static_cast<char>('A' + 99 % 26)));
  EXPECT_EQ(record.lines_left_out, 100 - max_transcript_bytes / 4'000);
}

TEST(Transcript, CountsWhatWasHeardOfALineAmongItsWords) {
  call_record record;
  for (int n = 0; n < 65; ++n) add_line(record, said(std::string(4'000, 'x'), n, true));
  for (int n = 0; n < 65; ++n) correct_line(record, n, std::string(4'000, 'y'));
  EXPECT_LT(record.transcript.size(), 40u);
  EXPECT_EQ(record.transcript.back().heard, std::string(4'000, 'y'));
  EXPECT_EQ(record.transcript.size() + record.lines_left_out, 65u);
}

TEST(Transcript, CutsALineThatIsTooLongBetweenTwoCharacters) {
  call_record record;
  std::string text = "x";
  for (int n = 0; n < 2'048; ++n) text += "\xc3\xb6";
  add_line(record, said(text));
  EXPECT_EQ(record.transcript.at(0).text, text.substr(0, max_line_bytes - 1));
}

TEST(Transcript, CorrectsTheAgentsNewestLineByThatId) {
  call_record record;
  add_line(record, said("Good morning.", 1, true));
  add_line(record, said("Good afternoon.", 1, true));
  add_line(record, said("Hello.", 1));
  EXPECT_TRUE(correct_line(record, 1, "Good after..."));
  EXPECT_FALSE(record.transcript[0].heard);
  EXPECT_EQ(record.transcript[1].heard, "Good after...");
  EXPECT_FALSE(record.transcript[2].heard);
  EXPECT_FALSE(correct_line(record, 2, "x"));
}

}  // namespace
}  // namespace tonris::model
