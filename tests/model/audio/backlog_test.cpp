#include "model/audio/backlog.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "model/text/base64.hpp"

namespace tonris::model {
namespace {

std::string frame(std::uint8_t value) {
  return to_base64(std::vector<std::uint8_t>(160, value));
}

std::vector<std::string> taken(audio_backlog& backlog) {
  std::vector<std::string> frames;
  while (auto oldest = backlog.take()) frames.push_back(std::move(*oldest));
  return frames;
}

TEST(AudioBacklog, GivesBackWhatWasSaidInItsOrder) {
  audio_backlog backlog;
  for (std::uint8_t i = 0; i < 5; ++i) backlog.keep(frame(i));
  EXPECT_EQ(backlog.bytes(), 800u);
  EXPECT_EQ(taken(backlog), (std::vector{frame(0), frame(1), frame(2), frame(3), frame(4)}));
  EXPECT_TRUE(taken(backlog).empty());
  EXPECT_EQ(backlog.bytes(), 0u);
}

TEST(AudioBacklog, DropsTheOldestBeyondFiveSecondsAndCountsThem) {
  audio_backlog backlog;
  for (int i = 0; i < 300; ++i) backlog.keep(frame(static_cast<std::uint8_t>(i)));
  EXPECT_EQ(backlog.frames(), 250u);
  EXPECT_EQ(backlog.take_dropped(), 50u);
  EXPECT_EQ(backlog.take_dropped(), 0u);
  EXPECT_EQ(taken(backlog).front(), frame(50));
}

TEST(AudioBacklog, TakesNothingThatIsNoAudio) {
  audio_backlog backlog;
  backlog.keep("");
  backlog.keep("abc");
  EXPECT_EQ(backlog.frames(), 0u);
}

TEST(AudioBacklog, DropsAFrameThatIsLongerThanTheWholeLimit) {
  audio_backlog backlog{100};
  backlog.keep(frame(1));
  EXPECT_EQ(backlog.frames(), 0u);
  EXPECT_EQ(backlog.take_dropped(), 1u);
}

}  // namespace
}  // namespace tonris::model
