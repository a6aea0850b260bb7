#include "model/audio/hold_music.hpp"

#include <gtest/gtest.h>

#include <cstdint>

namespace tonris::model {
namespace {

std::uint32_t number(std::string_view file, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t n = 0; n < 4; ++n) value |= std::uint32_t{static_cast<std::uint8_t>(file[at + n])} << (8 * n);
  return value;
}

TEST(HoldMusic, IsAWavFileOfTenSecondsOfMuLaw) {
  const auto file = hold_music_wav();
  ASSERT_EQ(file.size(), 58u + 80'000u);
  EXPECT_EQ(file.substr(0, 4), "RIFF");
  EXPECT_EQ(number(file, 4), file.size() - 8);
  EXPECT_EQ(file.substr(8, 8), "WAVEfmt ");
  EXPECT_EQ(file[20], 7);
  EXPECT_EQ(number(file, 24), 8000u);
  EXPECT_EQ(file.substr(50, 4), "data");
  EXPECT_EQ(number(file, 54), 80'000u);
  EXPECT_EQ(file.data(), hold_music_wav().data()) << "made once";
}

}  // namespace
}  // namespace tonris::model
