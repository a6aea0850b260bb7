#include "tools/sim/twilio/playback_buffer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "tools/sim/wire/frames.hpp"

namespace {

using namespace tonris::sim;
using testing::Each;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::uint8_t> audio(std::size_t count, std::uint8_t first = 0) {
  std::vector<std::uint8_t> out(count);
  for (std::size_t i = 0; i < count; ++i) out[i] = static_cast<std::uint8_t>(first + i % 100);
  return out;
}

TEST(SimPlaybackBuffer, PlaysWhatCameInOrderAndThenSilence) {
  playback_buffer buffer;
  buffer.push(audio(100));
  buffer.push(audio(100, 100));
  std::array<std::uint8_t, frame_bytes> frame;
  EXPECT_EQ(buffer.play(frame), 160U);
  EXPECT_EQ(frame[0], 0);
  EXPECT_EQ(frame[99], 99);
  EXPECT_EQ(frame[100], 100);
  EXPECT_EQ(buffer.play(frame), 40U);
  EXPECT_EQ(frame[39], 199);
  EXPECT_EQ(frame[40], silence);
  EXPECT_EQ(buffer.play(frame), 0U);
  EXPECT_THAT(frame, Each(silence));
}

TEST(SimPlaybackBuffer, EchoesAMarkAtOnceWhenNothingIsQueued) {
  playback_buffer buffer;
  buffer.push_mark("a");
  EXPECT_THAT(buffer.take_reached(), ElementsAre("a"));
  EXPECT_THAT(buffer.take_reached(), IsEmpty());
}

TEST(SimPlaybackBuffer, EchoesAMarkOnlyWhenEverythingBeforeItHasPlayed) {
  playback_buffer buffer;
  buffer.push(audio(170));
  buffer.push_mark("one");
  buffer.push(audio(10));
  buffer.push_mark("two");
  std::array<std::uint8_t, frame_bytes> frame;
  buffer.play(frame);
  EXPECT_THAT(buffer.take_reached(), IsEmpty());
  buffer.play(frame);
  EXPECT_THAT(buffer.take_reached(), ElementsAre("one", "two"));
}

TEST(SimPlaybackBuffer, ClearsTheAudioAndEchoesEveryOutstandingMark) {
  playback_buffer buffer;
  buffer.push(audio(1000));
  buffer.push_mark("one");
  buffer.push(audio(1000));
  buffer.push_mark("two");
  EXPECT_EQ(buffer.clear(), 2000U);
  EXPECT_THAT(buffer.take_reached(), ElementsAre("one", "two"));
  std::array<std::uint8_t, frame_bytes> frame;
  EXPECT_EQ(buffer.play(frame), 0U);
}

TEST(SimPlaybackBuffer, PlaysWhatComesAfterAClearAsNewAudio) {
  playback_buffer buffer;
  buffer.push(audio(1000));
  buffer.clear();
  buffer.push(audio(160, 7));
  buffer.push_mark("new");
  EXPECT_THAT(buffer.take_reached(), IsEmpty());
  std::array<std::uint8_t, frame_bytes> frame;
  EXPECT_EQ(buffer.play(frame), 160U);
  EXPECT_EQ(frame[0], 7);
  EXPECT_THAT(buffer.take_reached(), ElementsAre("new"));
}

TEST(SimPlaybackBuffer, LosesWhatGoesBeyondTenMinutes) {
  playback_buffer buffer;
  EXPECT_EQ(buffer.push(audio(playback_buffer::capacity - 100)), 0U);
  EXPECT_EQ(buffer.push(audio(160)), 60U);
  EXPECT_EQ(buffer.queued(), playback_buffer::capacity);
  EXPECT_EQ(buffer.push(audio(160)), 160U);
}

TEST(SimPlaybackBuffer, BoundsTheOutstandingMarks) {
  playback_buffer buffer;
  buffer.push(audio(1));
  for (std::size_t i = 0; i < playback_buffer::max_marks; ++i) ASSERT_TRUE(buffer.push_mark("m"));
  EXPECT_FALSE(buffer.push_mark("one too many"));
}

}  // namespace
