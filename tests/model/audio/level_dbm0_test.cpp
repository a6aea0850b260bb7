#include "model/audio/watch.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <vector>

#include "model/audio/converter.hpp"

namespace tonris::model {
namespace {

std::vector<std::uint8_t> ulaw_sine(double amplitude) {
  std::vector<std::uint8_t> pcm, ulaw;
  for (int n = 0; n < 800; ++n) {
    const auto sample = static_cast<std::int16_t>(amplitude * std::sin(2 * 3.14159265 * 400 * n / 8000));
    pcm.push_back(static_cast<std::uint8_t>(sample & 0xFF));
    pcm.push_back(static_cast<std::uint8_t>((sample >> 8) & 0xFF));
  }
  audio_converter(audio_format::pcm_8000, audio_format::ulaw_8000).convert(pcm, ulaw);
  return ulaw;
}

TEST(LevelDbm0, IsThatOfTheTelephone) {
  EXPECT_NEAR(level_dbm0(ulaw_sine(32'767)), 3.14, 0.3);
  EXPECT_NEAR(level_dbm0(ulaw_sine(32'767 * std::pow(10, -(20 + 3.14) / 20))), -20, 0.3);
  EXPECT_NEAR(level_dbm0(ulaw_sine(32'767 * std::pow(10, -(50 + 3.14) / 20))), -50, 1);
}

TEST(LevelDbm0, OfSilenceAndOfNothingIsTheLowest) {
  EXPECT_EQ(level_dbm0({}), -90);
  EXPECT_EQ(level_dbm0(std::vector<std::uint8_t>(160, 0xFF)), -90);
  EXPECT_EQ(level_dbm0(std::vector<std::uint8_t>(160, 0x7F)), -90);
  EXPECT_LT(level_dbm0(std::vector<std::uint8_t>(160, 0xFE)), -60) << "the smallest step mu-law has";
}

}  // namespace
}  // namespace tonris::model
