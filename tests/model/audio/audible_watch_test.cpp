#include "model/audio/watch.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>

namespace tonris::model {
namespace {

constexpr unsigned second = audio_watch::ticks_a_second;
constexpr unsigned minute = 60 * second;

struct audible {
  audible_watch watch;
  unsigned alarms = 0, ticks = 0, alarm_at = 0;

  void pass(unsigned count) {
    for (unsigned n = 0; n < count; ++n) {
      ++ticks;
      if (!watch.tick()) continue;
      ++alarms;
      alarm_at = ticks;
    }
  }
};

TEST(AudibleWatch, AlarmsOnceWhenAnAnswerHasNoAudio) {
  audible a;
  a.watch.answered();
  a.pass(10 * minute);
  EXPECT_EQ(a.alarms, 1u);
  EXPECT_EQ(a.alarm_at, 10 * second);
  a.watch.answered();
  a.pass(minute);
  EXPECT_EQ(a.alarms, 1u);
}

TEST(AudibleWatch, AlarmsWhenTheAudioIsSilence) {
  audible a;
  a.watch.answered();
  for (unsigned n = 0; n < 20 * second; ++n) {
    if (a.watch.listening()) a.watch.audio(-70);
    a.pass(1);
  }
  EXPECT_EQ(a.alarms, 1u);
}

TEST(AudibleWatch, AlarmsWhenALaterAnswerHasNoAudio) {
  audible a;
  for (int turn = 0; turn < 5; ++turn) {
    a.watch.answered();
    a.watch.audio(-20);
    a.pass(10 * second);
  }
  a.watch.answered();
  a.pass(10 * second);
  EXPECT_EQ(a.alarms, 1u);
}

TEST(AudibleWatch, IsNotPutOffByASecondAnswer) {
  audible a;
  a.watch.answered();
  a.pass(6 * second);
  a.watch.answered();
  a.pass(4 * second);
  EXPECT_EQ(a.alarms, 1u);
}

TEST(AudibleWatch, KnowsForHowLongAnAnswerIsOwed) {
  audible a;
  EXPECT_EQ(a.watch.owed(), 0u);
  a.watch.answered();
  a.pass(3 * second);
  a.watch.answered();
  a.pass(second);
  EXPECT_EQ(a.watch.owed(), 4 * second);
  a.watch.audio(-70);
  EXPECT_EQ(a.watch.owed(), 4 * second) << "silence is no answer";
  a.watch.audio(-20);
  EXPECT_EQ(a.watch.owed(), 0u);
  a.pass(minute);
  a.watch.answered();
  a.pass(second);
  a.watch.interrupted();
  EXPECT_EQ(a.watch.owed(), 0u);
}

TEST(AudibleWatch, ListensWhileAnAnswerIsOwedAndElseOnceASecond) {
  audible a;
  EXPECT_TRUE(a.watch.listening());
  a.watch.answered();
  EXPECT_TRUE(a.watch.listening());
  a.watch.audio(-20);
  EXPECT_FALSE(a.watch.listening());
  a.pass(second - 1);
  EXPECT_FALSE(a.watch.listening());
  a.pass(1);
  EXPECT_TRUE(a.watch.listening());
}

struct quiet_audible {
  std::string why;
  std::function<void(audible&)> happens;
};
class AudibleWatchStaysQuiet : public testing::TestWithParam<quiet_audible> {};
TEST_P(AudibleWatchStaysQuiet, AsNothingIsWrong) {
  audible a;
  GetParam().happens(a);
  EXPECT_EQ(a.alarms, 0u) << "after " << a.alarm_at << " ticks";
}
INSTANTIATE_TEST_SUITE_P(Calls, AudibleWatchStaysQuiet,
                         testing::Values(quiet_audible{"SilentLineForTenMinutes",
                                                       [](audible& a) { a.pass(10 * minute); }},
                                         quiet_audible{"AgentThinksLongWithoutAnAnswer",
                                                       [](audible& a) {
                                                         a.watch.answered();
                                                         a.watch.audio(-20);
                                                         a.pass(10 * minute);
                                                       }},
                                         quiet_audible{"AudioJustInTime",
                                                       [](audible& a) {
                                                         for (int turn = 0; turn < 20; ++turn) {
                                                           a.watch.answered();
                                                           a.pass(10 * second - 1);
                                                           a.watch.audio(-40);
                                                           a.pass(20 * second);
                                                         }
                                                       }},
                                         quiet_audible{"AudioCameBeforeItsText",
                                                       [](audible& a) {
                                                         for (int turn = 0; turn < 20; ++turn) {
                                                           if (a.watch.listening()) a.watch.audio(-20);
                                                           a.pass(2);
                                                           a.watch.answered();
                                                           a.pass(30 * second);
                                                         }
                                                       }},
                                         quiet_audible{"InterruptedBeforeAudio",
                                                       [](audible& a) {
                                                         for (int turn = 0; turn < 20; ++turn) {
                                                           a.watch.answered();
                                                           a.pass(3 * second);
                                                           a.watch.interrupted();
                                                           a.pass(30 * second);
                                                         }
                                                       }},
                                         quiet_audible{"SilenceFirstThenSpeech",
                                                       [](audible& a) {
                                                         a.watch.answered();
                                                         for (int n = 0; n < 5; ++n) {
                                                           a.watch.audio(-90);
                                                           a.pass(second);
                                                         }
                                                         a.watch.audio(-30);
                                                         a.pass(10 * minute);
                                                       }},
                                         quiet_audible{"SecondAnswerRightBehindTheFirst",
                                                       [](audible& a) {
                                                         a.watch.answered();
                                                         a.pass(second);
                                                         a.watch.answered();
                                                         a.watch.audio(-20);
                                                         a.pass(10 * minute);
                                                       }}),
                         [](const auto& row) { return row.param.why; });

}  // namespace
}  // namespace tonris::model
