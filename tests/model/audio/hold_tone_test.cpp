#include "model/audio/hold_tone.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <thread>
#include <vector>

#include "model/audio/converter.hpp"
#include "model/audio/watch.hpp"
#include "model/text/base64.hpp"

namespace tonris::model {
namespace {

constexpr std::size_t pieces_a_period = 10, pieces_on = 5;

std::vector<std::uint8_t> ulaw_of(std::size_t first_piece, std::size_t count) {
  std::vector<std::uint8_t> ulaw;
  for (std::size_t n = first_piece; n < first_piece + count; ++n) EXPECT_TRUE(append_decoded(hold_tone_piece(n), ulaw));
  return ulaw;
}

std::vector<int> samples_of(const std::vector<std::uint8_t>& ulaw) {
  audio_converter converter(audio_format::ulaw_8000, audio_format::pcm_8000);
  std::vector<std::uint8_t> bytes;
  converter.convert(ulaw, bytes);
  std::vector<int> samples;
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2)
    samples.push_back(static_cast<std::int16_t>(static_cast<std::uint16_t>(bytes[i] | (bytes[i + 1] << 8))));
  return samples;
}

TEST(HoldTone, HasPiecesOfAHundredMilliseconds) {
  for (std::size_t n = 0; n < 2 * pieces_a_period; ++n) {
    EXPECT_EQ(hold_tone_piece(n).size(), 1068u);
    EXPECT_EQ(ulaw_of(n, 1).size(), 800u);
  }
}

TEST(HoldTone, IsAsSoftAsItSays) {
  const auto beep = ulaw_of(0, pieces_on);
  EXPECT_NEAR(level_dbm0(beep), -25, 1);
  EXPECT_NEAR(level_dbm0(ulaw_of(1, 3)), -25, 0.5) << "without its edges";
}

TEST(HoldTone, IsSilentHalfOfTheTime) {
  const auto rest = ulaw_of(pieces_on, pieces_on);
  EXPECT_EQ(std::count(rest.begin(), rest.end(), 0xFF), std::ssize(rest));
}

TEST(HoldTone, IsThePhonesDialToneNote) {
  const auto samples = samples_of(ulaw_of(0, pieces_on));
  int crossings = 0;
  for (std::size_t i = 1; i < samples.size(); ++i) crossings += (samples[i - 1] < 0) != (samples[i] < 0);
  const double seconds = static_cast<double>(samples.size()) / 8000;
  EXPECT_NEAR(crossings / 2.0 / seconds, 425, 3);
}

TEST(HoldTone, HasNoClickWhereverItIsCut) {
  // Two periods: also where a beep begins and ends, and where the tone goes round. The steepest a sine of this level
  // gets is 2 pi f / rate of its amplitude from sample to sample, and mu-law's step beside it.
  const auto samples = samples_of(ulaw_of(0, 2 * pieces_a_period));
  const int amplitude = *std::max_element(samples.begin(), samples.end());
  const double steepest = amplitude * 2 * 3.14159265 * 425 / 8000 + amplitude / 16.0;
  for (std::size_t i = 1; i < samples.size(); ++i)
    ASSERT_LE(std::abs(samples[i] - samples[i - 1]), steepest) << "sample " << i;
}

TEST(HoldTone, KeepsItsPhaseFromPieceToPiece) {
  // A sine obeys x[n+1] = 2 cos(w) x[n] - x[n-1], over the pieces' borders as well.
  const auto samples = samples_of(ulaw_of(1, 3));
  const double turn = 2 * std::cos(2 * 3.14159265 * 425 / 8000);
  const int amplitude = *std::max_element(samples.begin(), samples.end());
  for (const std::size_t border : {800u, 1600u})
    for (auto i = border - 4; i < border + 4; ++i)
      EXPECT_NEAR(samples[i + 1], turn * samples[i] - samples[i - 1], amplitude / 8.0) << i;
}

TEST(HoldTone, BeginsAndEndsABeepSoftly) {
  const auto samples = samples_of(ulaw_of(0, pieces_on));
  const auto loudest = [&](std::size_t from, std::size_t to) {
    int most = 0;
    for (auto i = from; i < to; ++i) most = std::max(most, std::abs(samples[i]));
    return most;
  };
  EXPECT_LT(loudest(0, 20), loudest(1000, 2000) / 2);
  EXPECT_LT(loudest(samples.size() - 20, samples.size()), loudest(1000, 2000) / 2);
}

TEST(HoldTone, GoesRound) {
  for (std::size_t n = 0; n < pieces_a_period; ++n) {
    EXPECT_EQ(hold_tone_piece(n), hold_tone_piece(n + pieces_a_period));
    EXPECT_EQ(hold_tone_piece(n), hold_tone_piece(n + 1'000'000 * pieces_a_period));
  }
  EXPECT_EQ(hold_tone_piece(SIZE_MAX), hold_tone_piece(SIZE_MAX % pieces_a_period));
}

TEST(HoldTone, IsMadeOnceForAllThreads) {
  std::atomic<const char*> first{nullptr};
  std::vector<std::thread> threads;
  std::atomic<int> different{0};
  for (int n = 0; n < 4; ++n)
    threads.emplace_back([&] {
      const char* expected = nullptr;
      const auto* const mine = hold_tone_piece(0).data();
      if (!first.compare_exchange_strong(expected, mine) && expected != mine) ++different;
    });
  for (auto& t : threads) t.join();
  EXPECT_EQ(different, 0);
}

}  // namespace
}  // namespace tonris::model
