#include "model/audio/watch.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>

namespace tonris::model {
namespace {

constexpr unsigned second = audio_watch::ticks_a_second;
constexpr unsigned minute = 60 * second;

struct playout {
  playout_watch watch;
  unsigned alarms = 0, ticks = 0, alarm_at = 0;

  void pass(unsigned count, bool all_heard = false) {
    for (unsigned n = 0; n < count; ++n) {
      ++ticks;
      if (!watch.tick(all_heard)) continue;
      ++alarms;
      alarm_at = ticks;
    }
  }
};

TEST(PlayoutWatch, AlarmsOnceWhenMarksNeverComeBack) {
  playout p;
  p.watch.sent(3'000);
  p.pass(10 * minute);
  EXPECT_EQ(p.alarms, 1u);
  EXPECT_EQ(p.alarm_at, 3 * second + 10 * second) << "played in 3 s, then 10 s of patience";
}

TEST(PlayoutWatch, AlarmsWhenMarksStopInTheMiddle) {
  playout p;
  p.watch.sent(20'000);
  for (int n = 0; n < 25; ++n) {
    p.pass(2);
    p.watch.marked();
  }
  p.pass(10 * minute);
  EXPECT_EQ(p.alarms, 1u);
  EXPECT_EQ(p.alarm_at, 20 * second + 10 * second);
}

TEST(PlayoutWatch, IsNotPutOffByAnAgentWhoTalksOn) {
  playout p;
  for (int n = 0; n < 10; ++n) {
    p.watch.sent(2'000);
    p.pass(5 * second);
  }
  EXPECT_EQ(p.alarms, 1u) << "three seconds overdue each time, and not one mark";
}

TEST(PlayoutWatch, AlarmsAfterAClearWhenTheNextAudioIsNotHeardEither) {
  playout p;
  p.watch.sent(5'000);
  p.pass(1 * second);
  p.watch.cleared();
  p.watch.sent(1'000);
  p.pass(minute);
  EXPECT_EQ(p.alarms, 1u);
  EXPECT_EQ(p.alarm_at, 1 * second + 1 * second + 10 * second);
}

TEST(PlayoutWatch, IsPatientToTheTick) {
  playout p;
  p.watch.sent(100);
  p.pass(1 + playout_watch::patience - 1);
  EXPECT_EQ(p.alarms, 0u);
  p.watch.marked();
  p.pass(playout_watch::patience - 1);
  EXPECT_EQ(p.alarms, 0u);
  p.pass(1);
  EXPECT_EQ(p.alarms, 1u);
}

struct quiet_playout {
  std::string why;
  std::function<void(playout&)> happens;
};
class PlayoutWatchStaysQuiet : public testing::TestWithParam<quiet_playout> {};
TEST_P(PlayoutWatchStaysQuiet, AsNothingIsWrong) {
  playout p;
  GetParam().happens(p);
  EXPECT_EQ(p.alarms, 0u) << "after " << p.alarm_at << " ticks";
}
INSTANTIATE_TEST_SUITE_P(Calls, PlayoutWatchStaysQuiet,
                         testing::Values(quiet_playout{"SilentLineForTenMinutes",
                                                       [](playout& p) { p.pass(10 * minute, true); }},
                                         quiet_playout{"EverythingHeard",
                                                       [](playout& p) {
                                                         for (int turn = 0; turn < 50; ++turn) {
                                                           p.watch.sent(4'000);
                                                           for (int n = 0; n < 20; ++n) {
                                                             p.pass(2);
                                                             p.watch.marked();
                                                           }
                                                           p.pass(20 * second, true);
                                                         }
                                                       }},
                                         quiet_playout{"AMinuteSentAtOnceAndPlayedInRealTime",
                                                       [](playout& p) {
                                                         p.watch.sent(60'000);
                                                         for (int n = 0; n < 300; ++n) {
                                                           p.pass(2);
                                                           p.watch.marked();
                                                         }
                                                         p.pass(10 * minute, true);
                                                       }},
                                         quiet_playout{"MarksNineSecondsLate",
                                                       [](playout& p) {
                                                         for (int turn = 0; turn < 20; ++turn) {
                                                           p.watch.sent(2'000);
                                                           p.pass(2 * second + 9 * second);
                                                           p.watch.marked();
                                                           p.pass(5 * second, true);
                                                         }
                                                       }},
                                         quiet_playout{"TwilioPlaysSlowerThanRealTime",
                                                       [](playout& p) {
                                                         p.watch.sent(10'000);
                                                         for (int n = 0; n < 50; ++n) {
                                                           p.pass(9);  // 200 ms take 900
                                                           p.watch.marked();
                                                         }
                                                         p.pass(minute, true);
                                                       }},
                                         quiet_playout{"ClearInTheMiddle",
                                                       [](playout& p) {
                                                         for (int turn = 0; turn < 50; ++turn) {
                                                           p.watch.sent(30'000);
                                                           p.pass(2 * second);
                                                           p.watch.cleared();
                                                           p.pass(20 * second,
                                                                  true);  // a new generation has heard all of nothing
                                                         }
                                                       }},
                                         quiet_playout{"InterruptedAgainAndAgainBeforeAMarkComes",
                                                       [](playout& p) {
                                                         for (int turn = 0; turn < 100; ++turn) {
                                                           p.watch.sent(1'000);
                                                           p.pass(3 * second);
                                                           p.watch.cleared();
                                                         }
                                                       }}),
                         [](const auto& row) { return row.param.why; });

}  // namespace
}  // namespace tonris::model
