#include "model/audio/levels.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <vector>

#include "model/audio/converter.hpp"

namespace tonris::model {
namespace {

using namespace std::chrono_literals;
using milliseconds = std::chrono::milliseconds;

std::vector<std::uint8_t> silence(milliseconds length) {
  return std::vector<std::uint8_t>(static_cast<std::size_t>(length.count()) * 8, 0xFF);
}

/// The loudest square wave of mu-law: 3 dB louder than a full sine.
std::vector<std::uint8_t> loudest(milliseconds length) {
  std::vector<std::uint8_t> audio(static_cast<std::size_t>(length.count()) * 8);
  for (std::size_t i = 0; i < audio.size(); ++i) audio[i] = i % 2 == 0 ? 0x80 : 0x00;
  return audio;
}

TEST(LevelSum, IsDbfs) {
  level_sum level;
  EXPECT_EQ(level.dbfs(), silence_dbfs) << "of nothing";
  level.add(silence(20ms));
  EXPECT_EQ(level.dbfs(), silence_dbfs);
  level = {};
  level.add(loudest(20ms));
  EXPECT_NEAR(level.dbfs(), 3, 0.3);
  level.add(silence(20ms));
  EXPECT_NEAR(level.dbfs(), 0, 0.3) << "half of it is silent: 3 dB less";
}

class PlayedLevels : public testing::Test {
 protected:
  [[nodiscard]] bool is_loud_at(milliseconds later) const { return levels.dbfs(now + later) > -10; }
  played_levels levels;
  const played_levels::time now{1h};  // a slice begins here
};

TEST_F(PlayedLevels, AreThoseOfWhatIsPlayedNotOfWhatIsSent) {
  levels.add(silence(1s), now);
  levels.add(loudest(400ms), now);  // at once, behind it
  EXPECT_FALSE(is_loud_at(200ms));
  EXPECT_FALSE(is_loud_at(1199ms));
  EXPECT_TRUE(is_loud_at(1200ms)) << "the slice from 1 s to 1.2 s is whole";
  EXPECT_TRUE(is_loud_at(1599ms));
  EXPECT_FALSE(is_loud_at(1600ms));
}

TEST_F(PlayedLevels, OfWhatIsVoidAreSilence) {
  levels.add(loudest(2s), now);
  levels.cleared(now + 900ms);
  EXPECT_TRUE(is_loud_at(900ms)) << "the slice that was over";
  EXPECT_FALSE(is_loud_at(1200ms));
  levels.add(loudest(200ms), now + 2s);
  EXPECT_TRUE(is_loud_at(2200ms));
}

TEST_F(PlayedLevels, KnowAMinuteAhead) {
  levels.add(loudest(90s), now);
  EXPECT_TRUE(is_loud_at(200ms)) << "what is too far ahead does not take its place";
  EXPECT_TRUE(is_loud_at(59s));
  EXPECT_FALSE(is_loud_at(61s));
}

}  // namespace
}  // namespace tonris::model
