#include "model/text/base64.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace tonris::model {
namespace {

std::vector<std::uint8_t> bytes(std::string_view text) {
  return {text.begin(), text.end()};
}

struct pair {
  std::string_view plain, coded;
};

class Base64Vectors : public testing::TestWithParam<pair> {};

TEST_P(Base64Vectors, EncodeAsTheRfcSays) {
  EXPECT_EQ(to_base64(bytes(GetParam().plain)), GetParam().coded);
}

TEST_P(Base64Vectors, DecodeBack) {
  std::vector<std::uint8_t> out;
  ASSERT_TRUE(append_decoded(GetParam().coded, out));
  EXPECT_EQ(out, bytes(GetParam().plain));
  EXPECT_EQ(decoded_size(GetParam().coded), GetParam().plain.size());
  EXPECT_TRUE(is_base64(GetParam().coded));
}

INSTANTIATE_TEST_SUITE_P(Rfc4648, Base64Vectors,
                         testing::Values(pair{"", ""}, pair{"f", "Zg=="}, pair{"fo", "Zm8="}, pair{"foo", "Zm9v"},
                                         pair{"foob", "Zm9vYg=="}, pair{"fooba", "Zm9vYmE="},
                                         pair{"foobar", "Zm9vYmFy"},
                                         pair{"\xff\xff\xff\xff\xff\xff\xff\xff", "//////////8="},
                                         pair{"\xfb\xef\xbe", "++++"}));

struct wrong {
  std::string why, text;
};

class Base64Refuses : public testing::TestWithParam<wrong> {};

TEST_P(Base64Refuses, AndLeavesTheOutputAsItWas) {
  auto out = bytes("before");
  EXPECT_FALSE(append_decoded(GetParam().text, out));
  EXPECT_EQ(out, bytes("before"));
  EXPECT_FALSE(is_base64(GetParam().text));
}

INSTANTIATE_TEST_SUITE_P(Wire, Base64Refuses,
                         testing::Values(wrong{"NoPadding", "Zg"}, wrong{"OnlyPadding", "===="},
                                         wrong{"TwoSigns", "=="}, wrong{"ThreePaddingSigns", "Z==="},
                                         wrong{"PaddingInTheMiddle", "Zg==Zg=="}, wrong{"PaddingInsideAGroup", "Z=g="},
                                         wrong{"UrlAlphabet", "-_-_"}, wrong{"Space", "Zm9 "},
                                         wrong{"NewLine", "Zm9v\nm9v"}, wrong{"Zero", std::string("Zm\0v", 4)},
                                         wrong{"BeyondAscii", "Zm9v\xc1\xe1\xb0\xfa"}, wrong{"BadTail", "Zm9v!g=="},
                                         wrong{"BadTailOfThree", "Zm9vZm!="}, wrong{"LengthNotOfFour", "Zm9vZ"}),
                         [](const auto& r) { return r.param.why; });

TEST(Base64, KnowsItsAlphabetAndNothingElse) {
  for (int c = 0; c < 256; ++c) {
    const std::string text(4, static_cast<char>(c));
    const bool in = std::isalnum(c) != 0 || c == '+' || c == '/';
    EXPECT_EQ(is_base64(text), in && c < 128) << c;
    std::vector<std::uint8_t> out;
    EXPECT_EQ(append_decoded(text, out), in && c < 128) << c;
  }
}

TEST(Base64, FindsTheOneWrongCharacterAnywhere) {
  for (std::size_t at = 0; at < 216; ++at) {
    std::string text(216, 'A');
    text[at] = '~';
    std::vector<std::uint8_t> out;
    EXPECT_FALSE(is_base64(text)) << at;
    EXPECT_FALSE(append_decoded(text, out)) << at;
  }
}

TEST(Base64, GivesBackWhatItTook) {
  std::mt19937 random(11);
  for (std::size_t length = 0; length < 300; ++length) {
    std::vector<std::uint8_t> in(length);
    for (auto& b : in) b = static_cast<std::uint8_t>(random());
    const auto text = to_base64(in);
    EXPECT_EQ(text.size(), (length + 2) / 3 * 4);
    EXPECT_EQ(decoded_size(text), length);
    std::vector<std::uint8_t> out;
    ASSERT_TRUE(append_decoded(text, out));
    EXPECT_EQ(out, in);
  }
}

TEST(Base64, AppendsAndAllocatesNothingWithinTheCapacity) {
  auto out = bytes("ab");
  out.reserve(64);
  const auto* const place = out.data();
  ASSERT_TRUE(append_decoded("Zm9vYmFy", out));
  EXPECT_EQ(out, bytes("abfoobar"));
  EXPECT_EQ(out.data(), place);

  std::string text = "<";
  append_base64(bytes("foo"), text);
  EXPECT_EQ(text, "<Zm9v");
}

TEST(Base64, SizeOfTwentyMillisecondsIsThatOfTheTable) {
  EXPECT_EQ(to_base64(std::vector<std::uint8_t>(160, 0xFF)).size(), 216u);
  EXPECT_EQ(to_base64(std::vector<std::uint8_t>(800, 0xFF)).size(), 1068u);
  EXPECT_EQ(to_base64(std::vector<std::uint8_t>(3200, 0xFF)).size(), 4268u);
  EXPECT_EQ(to_base64(std::vector<std::uint8_t>(48000, 0xFF)).size(), 64000u);
}

TEST(Base64Url, WritesAndReadsWithoutPadding) {
  const std::vector<std::uint8_t> bytes{0xfb, 0xff, 0xfe, 0x01};
  for (std::size_t n = 0; n <= bytes.size(); ++n) {
    const auto some = std::span{bytes}.first(n);
    const auto text = to_base64url(some);
    EXPECT_EQ(text.find_first_of("+/="), std::string::npos);
    EXPECT_EQ(from_base64url(text), std::vector<std::uint8_t>(some.begin(), some.end()));
  }
  EXPECT_EQ(to_base64url(bytes), "-__-AQ");
}

TEST(Base64Url, RefusesWhatHasAnotherFormOrTellsTheSameOtherwise) {
  for (const auto* text : {"+__-AQ", "-__-AQ==", "-__-A", "-__-AR", "-__ AQ", "-__-AQ\n"})
    EXPECT_FALSE(from_base64url(text)) << text;
}

}  // namespace
}  // namespace tonris::model
