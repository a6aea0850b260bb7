#include "tools/bench/stamp.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tonris::bench {
namespace {

TEST(BenchStamp, ComesBackFromTheFrameAsItWasPut) {
  frame_stamper stamper{4711, direction::to_caller};
  const std::string frame{stamper.frame(99, 123'456'789'012, 123'456'999'999)};
  ASSERT_EQ(frame.size(), frame_base64);
  EXPECT_EQ(read_stamp(frame), (stamp{4711, direction::to_caller, 99, 123'456'789'012, 123'456'999'999}));
  EXPECT_TRUE(stamper.pattern_matches(frame));
}

TEST(BenchStamp, FillsExactlyTwentyMilliseconds) {
  frame_stamper stamper{1, direction::to_agent};
  std::array<std::uint8_t, 200> audio{};
  EXPECT_EQ(decode_base64(stamper.frame(0, 0, 0), audio), frame_bytes);
}

TEST(BenchStamp, DoesNotSurviveAChangedCharacter) {
  frame_stamper stamper{7, direction::to_agent};
  const std::string good{stamper.frame(3, 5, 8)};
  for (std::size_t i = 0; i < good.size() - 3; ++i) {  // the last digit before the padding has spare bits
    std::string bad = good;
    bad[i] = bad[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(read_stamp(bad).has_value() && stamper.pattern_matches(bad)) << i;
  }
}

TEST(BenchStamp, TellsCallsAndDirectionsApartByTheirPatterns) {
  frame_stamper one{1, direction::to_agent}, other{2, direction::to_agent}, back{1, direction::to_caller};
  const std::string frame{one.frame(0, 0, 0)};
  EXPECT_FALSE(other.pattern_matches(frame));
  EXPECT_FALSE(back.pattern_matches(frame));
  EXPECT_FALSE(one.pattern_matches(frame.substr(4)));
}

TEST(BenchStamp, IsNotSeenInOtherAudio) {
  EXPECT_FALSE(read_stamp(std::string(frame_base64, '/')).has_value());
  EXPECT_FALSE(read_stamp(std::string_view{"AAAA"}).has_value());
  EXPECT_FALSE(read_stamp(std::string(frame_base64, '!')).has_value());
}

struct base64_row {
  std::string plain, text;
};
class BenchBase64 : public testing::TestWithParam<base64_row> {};
TEST_P(BenchBase64, SpeaksRfc4648) {
  const std::vector<std::uint8_t> bytes(GetParam().plain.begin(), GetParam().plain.end());
  std::string text(GetParam().text.size(), ' ');
  encode_base64(bytes, text.data());
  EXPECT_EQ(text, GetParam().text);
  std::vector<std::uint8_t> back(bytes.size());
  EXPECT_EQ(decode_base64(text, back), bytes.size());
  EXPECT_EQ(back, bytes);
}
INSTANTIATE_TEST_SUITE_P(Vectors, BenchBase64,
                         testing::Values(base64_row{"", ""}, base64_row{"f", "Zg=="}, base64_row{"fo", "Zm8="},
                                         base64_row{"foo", "Zm9v"}, base64_row{"foob", "Zm9vYg=="},
                                         base64_row{"fooba", "Zm9vYmE="}, base64_row{"foobar", "Zm9vYmFy"}));

TEST(BenchBase64Refuses, WhatIsNotBase64OrDoesNotFit) {
  std::array<std::uint8_t, 3> out{};
  for (const char* text : {"Zg=", "Z===", "Zg=A", "Z!==", "Zm9vYg=="}) {
    EXPECT_FALSE(decode_base64(text, out).has_value()) << text;
  }
}

}  // namespace
}  // namespace tonris::bench
