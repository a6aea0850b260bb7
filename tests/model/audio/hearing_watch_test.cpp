#include "model/audio/watch.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <fstream>
#include <functional>
#include <iterator>
#include <random>
#include <span>
#include <string>
#include <vector>
#include "tests/places.hpp"

namespace tonris::model {
namespace {

constexpr unsigned second = audio_watch::ticks_a_second;
constexpr unsigned minute = 60 * second;

struct hearing {
  hearing_watch watch;
  std::mt19937 random{7};
  unsigned alarms = 0, ticks = 0, alarm_at = 0;

  void pass(unsigned count, const std::function<std::optional<double>()>& level) {
    for (unsigned n = 0; n < count; ++n) {
      ++ticks;
      if (const auto now = level()) watch.caller_level(*now);
      if (!watch.tick()) continue;
      ++alarms;
      alarm_at = ticks;
    }
  }
  double jitter(double around, double by) { return std::uniform_real_distribution{around - by, around + by}(random); }

  void quiet(unsigned count, double noise = -60) {
    pass(count, [&] { return jitter(noise, 3); });
  }
  /// Words: three looks at vowels, louder and softer by turns, one at a consonant or a breath.
  void speech(unsigned count, double level = -20, double noise = -60) {
    unsigned n = 0;
    pass(count, [&] { return ++n % 4 == 0 ? jitter(noise + 4, 3) : jitter(n % 2 == 0 ? level - 4 : level + 4, 3); });
  }
  /// A sentence of about 2.5 s of voice and a pause behind it.
  void sentence(unsigned pause = 1 * second, double noise = -60) {
    speech(3 * second, -20, noise);
    quiet(pause, noise);
  }
  /// A tone for ten minutes; now and then a look catches its end alone.
  void beeps(unsigned on, unsigned off) {
    for (unsigned n = 0; ticks < 10 * minute; ++n) {
      pass(on, [] { return -20.0; });
      if (n % 10 == 0) pass(1, [] { return -26.0; });
      quiet(off);
    }
  }
  /// What a caller said, as it is measured: 20 ms of each 100.
  void recorded(const std::string& name) {
    std::ifstream file{test::test_data() + "/speech/" + name, std::ios::binary};
    const std::string wav{std::istreambuf_iterator<char>{file}, {}};
    const auto head = wav.find("data");
    ASSERT_NE(head, std::string::npos) << name;
    const std::vector<std::uint8_t> ulaw(wav.begin() + static_cast<std::ptrdiff_t>(head) + 8, wav.end());
    for (std::size_t at = 0; at + 160 <= ulaw.size(); at += 800)
      pass(1, [&] { return level_dbm0(std::span{ulaw}.subspan(at, 160)); });
  }
  void talk(unsigned sentences, double noise = -60) {
    for (unsigned n = 0; n < sentences; ++n) sentence(second, noise);
  }
};

TEST(HearingWatch, AlarmsOnceWhenACallerTalksAndNobodyHears) {
  hearing h;
  h.watch.expect_signs();
  h.quiet(5 * second);
  h.talk(3);
  h.quiet(10 * minute);
  EXPECT_EQ(h.alarms, 1u);
  EXPECT_GE(h.alarm_at, 5 * second + 30 * second) << "nobody is called unheard in his first 30 s";
  EXPECT_LE(h.alarm_at, 5 * second + 40 * second);
}

TEST(HearingWatch, AlarmsWhenACallerAsksAgainAndAgain) {
  hearing h;
  h.watch.expect_signs();
  h.quiet(2 * second);
  for (int n = 0; n < 12; ++n) {
    h.speech(1 * second + 5);
    h.quiet(4 * second);
  }
  EXPECT_EQ(h.alarms, 1u);
}

TEST(HearingWatch, AlarmsOverRecordedSpeech) {
  hearing h;
  h.watch.expect_signs();
  for (int turn = 0; turn < 3; ++turn) {
    for (const auto* const name : {"caller_ask.wav", "caller_name.wav", "caller_interrupts.wav"}) {
      h.recorded(name);
      h.quiet(4 * second);
    }
  }
  h.quiet(5 * second);
  EXPECT_EQ(h.alarms, 1u);
  EXPECT_GT(h.alarm_at, 30 * second);
}

TEST(HearingWatch, AlarmsWhenTheAgentGoesDeafLater) {
  hearing h;
  for (int turn = 0; turn < 20; ++turn) {
    h.talk(2);
    h.watch.sign_of_hearing();
    h.quiet(8 * second);
  }
  EXPECT_EQ(h.alarms, 0u);
  const auto deaf_since = h.ticks;
  for (int turn = 0; turn < 20; ++turn) {
    h.talk(2);
    h.quiet(8 * second);
  }
  EXPECT_EQ(h.alarms, 1u);
  EXPECT_GE(h.alarm_at, deaf_since + 30 * second);
  EXPECT_LE(h.alarm_at, deaf_since + 60 * second);
}

TEST(HearingWatch, AlarmsOverAFanThatTheCallerOutspeaks) {
  hearing h;
  h.watch.expect_signs();
  h.quiet(10 * second, -38);
  h.talk(6, -38);
  h.quiet(30 * second, -38);
  EXPECT_EQ(h.alarms, 1u);
}

TEST(HearingWatch, AlarmsWhenACallerNeverStopsButNotBeforeAMinute) {
  hearing h;
  h.watch.expect_signs();
  h.quiet(second);
  for (int n = 0; n < 100; ++n) h.sentence(7);
  EXPECT_EQ(h.alarms, 1u);
  EXPECT_GE(h.alarm_at, 60 * second);
  EXPECT_LE(h.alarm_at, 65 * second);
}

TEST(HearingWatch, WaitsUntilTheCallerPauses) {
  hearing h;
  h.watch.expect_signs();
  h.quiet(second);
  for (int n = 0; n < 11; ++n) h.sentence(7);  // 41 s without a pause of 3 s
  EXPECT_EQ(h.alarms, 0u);
  h.quiet(3 * second);
  EXPECT_EQ(h.alarms, 1u);
}

struct quiet_hearing {
  std::string why;
  std::function<void(hearing&)> happens;
};
class HearingWatchStaysQuiet : public testing::TestWithParam<quiet_hearing> {};
TEST_P(HearingWatchStaysQuiet, AsNothingIsWrong) {
  hearing h;
  h.watch.expect_signs();
  GetParam().happens(h);
  EXPECT_EQ(h.alarms, 0u) << "after " << h.alarm_at << " ticks";
}
INSTANTIATE_TEST_SUITE_P(
    Calls, HearingWatchStaysQuiet,
    testing::Values(
        quiet_hearing{"SilentLineForTenMinutes", [](hearing& h) { h.quiet(10 * minute); }},
        quiet_hearing{"DigitalSilenceForTenMinutes", [](hearing& h) { h.pass(10 * minute, [] { return -90.0; }); }},
        quiet_hearing{"NoFramesAtAll",
                      [](hearing& h) { h.pass(10 * minute, []() -> std::optional<double> { return {}; }); }},
        quiet_hearing{"LoudHum", [](hearing& h) { h.pass(10 * minute, [] { return -15.0; }); }},
        quiet_hearing{"LoudHumThatComesAndStays",
                      [](hearing& h) {
                        h.quiet(minute);
                        h.pass(10 * minute, [] { return -12.0; });
                      }},
        quiet_hearing{"FanWithJitter", [](hearing& h) { h.quiet(10 * minute, -25); }},
        quiet_hearing{"LoudFanWithMuchJitter",
                      [](hearing& h) { h.pass(10 * minute, [&] { return h.jitter(-20, 5); }); }},
        quiet_hearing{"HeldMusic",
                      [](hearing& h) {
                        unsigned n = 0;
                        // A beat each half second over a tune that wanders by 8 dB in 7 s.
                        h.pass(10 * minute, [&] {
                          ++n;
                          const auto tune = -22 + 4 * std::sin(2 * 3.14159265 * n / 70);
                          return n % 5 == 0 ? h.jitter(-13, 1) : h.jitter(tune, 2);
                        });
                      }},
        quiet_hearing{"EveryTalkGetsATranscript",
                      [](hearing& h) {
                        for (int turn = 0; turn < 60; ++turn) {
                          h.talk(2);
                          h.quiet(second);
                          h.watch.sign_of_hearing();
                          h.quiet(10 * second);
                        }
                      }},
        quiet_hearing{"TranscriptsComeJustWithinThirtySeconds",
                      [](hearing& h) {
                        for (int turn = 0; turn < 20; ++turn) {
                          h.talk(2);
                          h.quiet(21 * second);  // 29 s after the talk began
                          h.watch.sign_of_hearing();
                        }
                      }},
        quiet_hearing{"LongStoryWithATranscriptAtItsEnd",
                      [](hearing& h) {
                        for (int turn = 0; turn < 5; ++turn) {
                          for (int n = 0; n < 15; ++n) h.sentence(6);  // 54 s
                          h.quiet(2 * second);
                          h.watch.sign_of_hearing();
                          h.quiet(10 * second);
                        }
                      }},
        quiet_hearing{"AgentTalksLongAndTheCallerSaysYes",
                      [](hearing& h) {
                        for (int n = 0; n < 60; ++n) {
                          h.speech(4);
                          h.quiet(8 * second);
                        }
                      }},
        quiet_hearing{"OneLongCough",
                      [](hearing& h) {
                        h.quiet(minute);
                        h.speech(8 * second);
                        h.quiet(10 * minute);
                      }},
        quiet_hearing{"ADoorEachSecond",
                      [](hearing& h) {
                        for (int n = 0; n < 600; ++n) {
                          h.pass(2, [] { return -10.0; });
                          h.quiet(8);
                        }
                      }},
        quiet_hearing{"PhoneThatRings", [](hearing& h) { h.beeps(10, 40); }},
        quiet_hearing{"PhoneThatRingsLong", [](hearing& h) { h.beeps(20, 40); }},
        quiet_hearing{"BusyTone", [](hearing& h) { h.beeps(5, 5); }},
        quiet_hearing{"Alarm", [](hearing& h) { h.beeps(8, 12); }},
        quiet_hearing{"WhispersBelowTheLeastLevel",
                      [](hearing& h) {
                        for (int n = 0; n < 100; ++n) {
                          h.speech(3 * second, -42, -70);
                          h.quiet(second, -70);
                        }
                      }},
        quiet_hearing{"FanWhoseLevelIsLeftOutWhileTheAgentTalks",
                      [](hearing& h) {
                        for (int turn = 0; turn < 60; ++turn) {
                          h.pass(6 * second, []() -> std::optional<double> { return {}; });
                          h.quiet(6 * second, -25);
                        }
                      }}),
    [](const auto& row) { return row.param.why; });

TEST(HearingWatch, IsNotArmedBeforeSignsAreToBeExpected) {
  hearing h;
  h.talk(200);
  h.quiet(minute);
  EXPECT_EQ(h.alarms, 0u) << "an agent that sends no transcripts hears as well";
  h.watch.expect_signs();
  h.quiet(minute);
  EXPECT_EQ(h.alarms, 0u) << "what was said before does not count";
  h.talk(3);
  h.quiet(minute);
  EXPECT_EQ(h.alarms, 1u);
}

TEST(HearingWatch, IsArmedByTheFirstSign) {
  hearing h;
  h.watch.sign_of_hearing();
  h.quiet(second);
  h.talk(3);
  h.quiet(minute);
  EXPECT_EQ(h.alarms, 1u);
}

TEST(HearingWatch, ForgetsNothingWhenToldTwiceWhatToExpect) {
  hearing h;
  h.watch.expect_signs();
  h.quiet(second);
  h.talk(3);
  h.watch.expect_signs();
  h.quiet(minute);
  EXPECT_EQ(h.alarms, 1u);
}

}  // namespace
}  // namespace tonris::model
