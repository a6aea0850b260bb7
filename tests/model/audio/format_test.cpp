#include "model/audio/format.hpp"

#include <gtest/gtest.h>

#include <array>

namespace tonris::model {
namespace {

struct row {
  audio_format format;
  std::string_view name;
  int rate;
  std::size_t frame_bytes, second_bytes;
  std::uint8_t silence;
};

// The table of docs/protocols/elevenlabs.md#audio.
constexpr std::array rows{
    row{audio_format::ulaw_8000, "ulaw_8000", 8000, 160, 8000, 0xFF},
    row{audio_format::pcm_8000, "pcm_8000", 8000, 320, 16000, 0},
    row{audio_format::pcm_16000, "pcm_16000", 16000, 640, 32000, 0},
    row{audio_format::pcm_22050, "pcm_22050", 22050, 882, 44100, 0},
    row{audio_format::pcm_24000, "pcm_24000", 24000, 960, 48000, 0},
    row{audio_format::pcm_44100, "pcm_44100", 44100, 1764, 88200, 0},
    row{audio_format::pcm_48000, "pcm_48000", 48000, 1920, 96000, 0},
};

class AudioFormat : public testing::TestWithParam<row> {};
INSTANTIATE_TEST_SUITE_P(All, AudioFormat, testing::ValuesIn(rows),
                         [](const auto& r) { return std::string(r.param.name); });

TEST_P(AudioFormat, HasOneNameBothWays) {
  EXPECT_EQ(parse_audio_format(GetParam().name), GetParam().format);
  EXPECT_EQ(to_string(GetParam().format), GetParam().name);
}

TEST_P(AudioFormat, HasTheSizesOfTheTable) {
  const auto& r = GetParam();
  EXPECT_EQ(sample_rate(r.format), r.rate);
  EXPECT_EQ(bytes_per_sample(r.format), r.second_bytes / static_cast<std::size_t>(r.rate));
  EXPECT_EQ(bytes_of_ms(r.format, 20), r.frame_bytes);
  EXPECT_EQ(bytes_of_ms(r.format, 1000), r.second_bytes);
  EXPECT_EQ(bytes_of_ms(r.format, 0), 0u);
  EXPECT_EQ(silence_byte(r.format), r.silence);
}

TEST(AudioFormatName, IsNothingWhenUnknown) {
  for (const std::string_view name : {"", "ulaw", "ULAW_8000", "pcm_8000 ", "pcm_32000", "alaw_8000", "mp3_44100_128"})
    EXPECT_FALSE(parse_audio_format(name)) << name;
}

TEST(AudioFormatSizes, NeverCutASampleInTwo) {
  for (unsigned ms = 0; ms < 50; ++ms)
    for (const auto& r : rows) EXPECT_EQ(bytes_of_ms(r.format, ms) % bytes_per_sample(r.format), 0u) << r.name << ms;
}

}  // namespace
}  // namespace tonris::model
