#include "model/twilio/say_pieces.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace tonris::model::twiml {
namespace {

using testing::ElementsAre;

std::string repeated(std::string_view text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

std::size_t encoded(std::string_view text) {
  std::size_t size = 0;
  for (const char c : text)
    size += (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' ||
                    c == '.' || c == '~'
                ? 1
                : 3;
  return size;
}

TEST(SayPieces, AreOneWhereItFits) {
  EXPECT_THAT(say_pieces("Good-bye. Call again!"), ElementsAre("Good-bye. Call again!"));
  EXPECT_THAT(say_pieces("  a\n"), ElementsAre("a"));
  EXPECT_TRUE(say_pieces("").empty());
  EXPECT_TRUE(say_pieces(" \r\n\t").empty());
  EXPECT_EQ(say_pieces(std::string(max_say_characters, 'a')).size(), 1u);
}

TEST(SayPieces, AreCutAtTheEndsOfSentences) {
  const std::string first = std::string(1'600, 'a') + " costs 3.50", second = std::string(1'600, 'b') + " is it?",
                    third = std::string(1'600, 'c');
  EXPECT_THAT(say_pieces(first + ". " + second + " " + third), ElementsAre(first + ".", second, third));
}

TEST(SayPieces, AreAsFewAsTheLimitsAllow) {
  const auto text = repeated(std::string(999, 'a') + ". ", 6);
  const auto pieces = say_pieces(text);
  ASSERT_EQ(pieces.size(), 3u);
  EXPECT_EQ(pieces[0], std::string(999, 'a') + ". " + std::string(999, 'a') + ".");
}

TEST(SayPieces, AreCutAtABlankOfALongSentenceAndInALongWord) {
  const std::string word(1'800, 'a');
  EXPECT_THAT(say_pieces(word + " " + word), ElementsAre(word, word));
  EXPECT_THAT(say_pieces(std::string(max_say_characters + 5, 'a')),
              ElementsAre(std::string(max_say_characters, 'a'), "aaaaa"));
}

TEST(SayPieces, CountWhatTwilioCountsAndCutNoCharacterInTwo) {
  const auto umlauts = repeated("\xc3\xb8", 2'000);  // 6 encoded characters each
  const auto japanese = repeated("\xe3\x81\x82\xe3\x80\x82", 1'000);
  for (const auto& text : {umlauts, japanese, repeated("\xf0\x9f\x98\x80", 900), repeated("a b. ", 2'000)}) {
    std::string all;
    for (const auto piece : say_pieces(text)) {
      EXPECT_LE(encoded(piece), max_encoded_say);
      EXPECT_EQ(piece.size() % (text == umlauts ? 2 : 1), 0u);
      all += piece;
      if (text.find(' ') != std::string::npos) all += ' ';
    }
    EXPECT_EQ(all, text) << "nothing is lost";
  }
  for (const auto piece : say_pieces(japanese)) EXPECT_TRUE(piece.ends_with("\xe3\x80\x82"));
}

}  // namespace
}  // namespace tonris::model::twiml
