#include "tools/sim/wire/wav.hpp"
#include "tests/places.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sndfile.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <numbers>

namespace {

using namespace tonris::sim;

class SimWav : public testing::Test {
 protected:
  SimWav() { std::filesystem::create_directories(folder_); }
  ~SimWav() override { std::filesystem::remove_all(folder_); }
  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  /// A second of a 400 Hz tone.
  void write_tone(const std::string& file, int rate, int channels) const {
    SF_INFO info{};
    info.samplerate = rate;
    info.channels = channels;
    info.format = SF_FORMAT_WAV | SF_FORMAT_PCM_16;
    auto* out = sf_open(file.c_str(), SFM_WRITE, &info);
    ASSERT_NE(out, nullptr);
    std::vector<short> samples;
    for (int i = 0; i < rate; ++i)
      for (int c = 0; c < channels; ++c)
        samples.push_back(static_cast<short>(12'000 * std::sin(2 * std::numbers::pi * 400 * i / rate)));
    sf_writef_short(out, samples.data(), rate);
    sf_close(out);
  }

 private:
  std::filesystem::path folder_ = std::filesystem::temp_directory_path() / ("tonris-wav-" + std::to_string(getpid()));
};

TEST_F(SimWav, GivesMuLawBackByteForByte) {
  std::vector<std::uint8_t> ulaw;
  for (int i = 0; i < 4000; ++i) ulaw.push_back(static_cast<std::uint8_t>(i % 2 == 0 ? i : 255 - i % 128));
  std::erase(ulaw, 0x7F);  // negative zero: linear samples have one zero only
  ASSERT_TRUE(write_wav(path("a.wav"), ulaw));
  EXPECT_EQ(read_wav(path("a.wav")).value(), ulaw);
}

TEST_F(SimWav, BringsOtherRatesAndTwoChannelsToTheTelephonesOwn) {
  for (const int rate : {8000, 16000, 44100, 48000})
    for (const int channels : {1, 2}) {
      write_tone(path("tone.wav"), rate, channels);
      const auto ulaw = read_wav(path("tone.wav"));
      ASSERT_TRUE(ulaw) << ulaw.error();
      EXPECT_NEAR(static_cast<double>(ulaw->size()), 8000, 80) << rate << " Hz, " << channels;
      std::size_t loud = 0;
      for (const auto byte : *ulaw) loud += (byte & 0x7FU) < 0x50U ? 1U : 0U;
      EXPECT_GT(loud, 6000U) << rate << " Hz, " << channels;
    }
}

TEST_F(SimWav, RefusesWhatIsNoSoundFile) {
  std::ofstream{path("text.wav")} << "this is not a sound";
  EXPECT_FALSE(read_wav(path("text.wav")));
  EXPECT_FALSE(read_wav(path("missing.wav")));
  EXPECT_FALSE(read_wav(path("")));
}

TEST_F(SimWav, SaysWhereItCannotWrite) {
  const auto written = write_wav(path("no/such/folder/a.wav"), std::vector<std::uint8_t>(160, 0xFF));
  ASSERT_FALSE(written);
  EXPECT_THAT(written.error(), testing::HasSubstr("cannot be written"));
}

TEST_F(SimWav, FillsTheShorterChannelWithSilence) {
  ASSERT_TRUE(
      write_stereo_wav(path("two.wav"), std::vector<std::uint8_t>(800, 0x10), std::vector<std::uint8_t>(80, 0x90)));
  SF_INFO info{};
  auto* in = sf_open(path("two.wav").c_str(), SFM_READ, &info);
  ASSERT_NE(in, nullptr);
  EXPECT_EQ(info.channels, 2);
  EXPECT_EQ(info.frames, 800);
  std::vector<short> samples(1600);
  EXPECT_EQ(sf_readf_short(in, samples.data(), 800), 800);
  sf_close(in);
  EXPECT_NE(samples[1], 0);
  EXPECT_EQ(samples[1599], 0);
  EXPECT_NE(samples[1598], 0);
}

TEST_F(SimWav, ReadsTheRecordedSpeech) {
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator{tonris::test::test_data() + "/speech"}) {
    if (entry.path().extension() != ".wav") continue;
    ++files;
    const auto ulaw = read_wav(entry.path().string());
    ASSERT_TRUE(ulaw) << ulaw.error();
    EXPECT_GT(ulaw->size(), 8000U) << entry.path();
  }
  EXPECT_EQ(files, 8U);
}

}  // namespace
