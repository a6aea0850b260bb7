#include "model/audio_watch.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <functional>
#include <iterator>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "model/audio_converter.hpp"

namespace tonris::model {
namespace {

constexpr unsigned second = audio_watch::ticks_a_second;
constexpr unsigned minute = 60 * second;

// --- level_dbm0

std::vector<std::uint8_t> ulaw_sine(double amplitude) {
  std::vector<std::uint8_t> pcm, ulaw;
  for (int n = 0; n < 800; ++n) {
    const auto sample = static_cast<std::int16_t>(amplitude * std::sin(2 * 3.14159265 * 400 * n / 8000));
    pcm.push_back(static_cast<std::uint8_t>(sample & 0xFF));
    pcm.push_back(static_cast<std::uint8_t>((sample >> 8) & 0xFF));
  }
  audio_converter(audio_format::pcm_8000, audio_format::ulaw_8000).convert(pcm, ulaw);
  return ulaw;
}

TEST(LevelDbm0, IsThatOfTheTelephone) {
  EXPECT_NEAR(level_dbm0(ulaw_sine(32'767)), 3.14, 0.3);
  EXPECT_NEAR(level_dbm0(ulaw_sine(32'767 * std::pow(10, -(20 + 3.14) / 20))), -20, 0.3);
  EXPECT_NEAR(level_dbm0(ulaw_sine(32'767 * std::pow(10, -(50 + 3.14) / 20))), -50, 1);
}

TEST(LevelDbm0, OfSilenceAndOfNothingIsTheLowest) {
  EXPECT_EQ(level_dbm0({}), -90);
  EXPECT_EQ(level_dbm0(std::vector<std::uint8_t>(160, 0xFF)), -90);
  EXPECT_EQ(level_dbm0(std::vector<std::uint8_t>(160, 0x7F)), -90);
  EXPECT_LT(level_dbm0(std::vector<std::uint8_t>(160, 0xFE)), -60) << "the smallest step mu-law has";
}

// --- playout_watch

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

// --- hearing_watch

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
    std::ifstream file{TONRIS_TEST_DATA "/speech/" + name, std::ios::binary};
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

// --- audible_watch

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
