#include "model/twilio/playback.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tonris::model {
namespace {

std::string mark(playback& p) {
  char buffer[48];
  return std::string{p.next_mark(buffer)};
}

TEST(Playback, AsksForAMarkEveryTwoHundredMilliseconds) {
  playback p;
  for (int frame = 1; frame < 10; ++frame) EXPECT_FALSE(p.sent(160)) << frame;
  EXPECT_TRUE(p.sent(160));
  EXPECT_EQ(mark(p), "g1:200");
  EXPECT_FALSE(p.sent(160));
}

TEST(Playback, KnowsTheTailThatNoMarkStandsBehind) {
  playback p;
  EXPECT_FALSE(p.unmarked());
  (void)p.sent(80);
  EXPECT_TRUE(p.unmarked());
  EXPECT_EQ(mark(p), "g1:10");
  EXPECT_FALSE(p.unmarked());
}

TEST(Playback, CountsAsHeardOnlyWhatAMarkCameBackFor) {
  playback p;
  (void)p.sent(1600);
  const auto first = mark(p);
  (void)p.sent(1600);
  const auto second = mark(p);
  EXPECT_EQ(p.queued_ms(), 400u);
  EXPECT_TRUE(p.reached(first));
  EXPECT_EQ(p.heard_ms(), 200u);
  EXPECT_FALSE(p.all_heard());
  EXPECT_TRUE(p.reached(second));
  EXPECT_TRUE(p.all_heard());
}

TEST(Playback, TakesAnEchoAfterAClearAsDiscarded) {
  playback p;
  (void)p.sent(1600);
  const auto old = mark(p);
  EXPECT_EQ(p.cleared(), 200u);
  EXPECT_FALSE(p.reached(old));
  EXPECT_EQ(p.heard_ms(), 0u);
  EXPECT_TRUE(p.all_heard()) << "nothing of the new generation is on its way";
  (void)p.sent(160);
  EXPECT_EQ(mark(p), "g2:20");
}

TEST(Playback, KeepsWhatWasHeardBeforeAClear) {
  playback p;
  (void)p.sent(1600);
  EXPECT_TRUE(p.reached(mark(p)));
  (void)p.sent(1600);
  (void)mark(p);
  EXPECT_EQ(p.cleared(), 200u);
  EXPECT_EQ(p.heard_ms(), 200u);
}

TEST(Playback, IsAllHeardEvenWhenTheAudioEndsWithinAMillisecond) {
  playback p;
  (void)p.sent(1603);
  EXPECT_TRUE(p.reached(mark(p)));
  EXPECT_TRUE(p.all_heard());
}

TEST(Playback, IgnoresMarksThatAreNotOurs) {
  playback p;
  (void)p.sent(1600);
  (void)mark(p);
  for (const char* name : {"", "g", "g1", "g1:", "g1:x", "g1:20 ", "h1:20", "g2:20", "g1:999999", "g-1:20",
                           "g99999999999999999999:1", "g1:99999999999999999999"})
    EXPECT_FALSE(p.reached(name)) << name;
  EXPECT_EQ(p.heard_ms(), 0u);
}

TEST(Playback, NeverGoesBackWhenMarksComeTwice) {
  playback p;
  (void)p.sent(1600);
  const auto first = mark(p);
  (void)p.sent(1600);
  const auto second = mark(p);
  EXPECT_TRUE(p.reached(second));
  EXPECT_TRUE(p.reached(first));
  EXPECT_EQ(p.heard_ms(), 400u);
}

}  // namespace
}  // namespace tonris::model
