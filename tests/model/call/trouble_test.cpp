#include "model/call/trouble.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tonris::model {
namespace {

using namespace std::chrono_literals;
using reason = end_reason;

struct row {
  std::string name;
  end_reason end;
  trouble_signs signs;
  std::optional<end_reason> troubled;
};
class CallTrouble : public testing::TestWithParam<row> {};
TEST_P(CallTrouble, IsSeenThroughAnOrdinaryEnd) {
  const auto& [name, end, signs, troubled] = GetParam();
  const auto found = trouble_of(end, signs);
  ASSERT_EQ(found.has_value(), troubled.has_value());
  if (!found) return;
  EXPECT_EQ(found->reason, *troubled);
  EXPECT_EQ(found->unheard, signs.unheard);
}
INSTANTIATE_TEST_SUITE_P(
    Rows, CallTrouble,
    testing::Values(
        row{"NothingWasWrong", reason::caller_hung_up, {{}, false, 2s}, {}},
        row{"BlackHole", reason::caller_hung_up, {reason::slow_agent, false, 42s}, reason::slow_agent},
        row{"AStreamThatDidNotComeBack", reason::caller_hung_up, {reason::stream_lost, false, 3s}, reason::stream_lost},
        row{"HeGoesAsItBreaks", reason::caller_hung_up, {reason::stream_lost, false, 2999ms}, {}},
        row{"Healed", reason::caller_hung_up, {reason::agent_lost, true, 5s}, {}},
        row{"HealedAndThenSilent", reason::caller_hung_up, {reason::agent_lost, true, 30s}, reason::agent_not_audible},
        row{"Deaf", reason::caller_hung_up, {reason::agent_not_hearing, false, 0s}, reason::agent_not_hearing},
        row{"DeafNoMore", reason::caller_hung_up, {reason::agent_not_hearing, true, 5s}, {}},
        row{"SilenceWithoutACause", reason::caller_hung_up, {{}, false, 30s}, reason::agent_not_audible},
        row{"AThoughtfulCaller", reason::caller_hung_up, {{}, false, 29s}, {}},
        row{"AnOperatorHelps", reason::operator_hung_up, {reason::slow_agent, false, 9s}, reason::slow_agent},
        row{"UntilTheTimeIsUp", reason::max_duration, {reason::slow_agent, false, 9s}, reason::slow_agent},
        row{"ABadLine", reason::caller_hung_up, {{}, false, 2s, reason::caller_cut_off}, reason::caller_cut_off},
        row{"ABadLineAndWorse",
            reason::caller_hung_up,
            {{}, false, 30s, reason::playback_late},
            reason::agent_not_audible},
        row{"AnAnswerWithoutSound", reason::caller_hung_up, {{}, false, 7s, {}, 5s}, reason::agent_not_audible},
        row{"AnAnswerThatMayStillSound", reason::caller_hung_up, {{}, false, 7s, {}, 4999ms}, {}},
        row{"AnAnswerAfterABreak", reason::caller_hung_up, {reason::agent_lost, false, 7s, {}, 5s}, reason::agent_lost},
        row{"AnAnswerWithoutSoundOnABadLine",
            reason::caller_hung_up,
            {{}, false, 7s, reason::caller_cut_off, 5s},
            reason::agent_not_audible},
        row{"AnAnswerWithoutSoundAndAGoodbye", reason::agent_ended, {{}, false, 7s, {}, 5s}, {}},
        row{"ABadLineAndAGoodbye", reason::agent_ended, {{}, false, 0s, reason::caller_cut_off}, {}},
        row{"TheAgentSaidGoodbye", reason::agent_ended, {reason::agent_lost, false, 60s}, {}},
        row{"AnEndThatSaysItItself", reason::agent_lost, {reason::agent_lost, false, 60s}, {}}),
    [](const auto& of) { return of.param.name; });

TEST(CallTroubleUnheard, IsAsLongAsTheAnswerIsOwedAtTheLeast) {
  const auto found = trouble_of(reason::caller_hung_up, {{}, false, 0s, {}, 8s});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->unheard, 8s) << "the agent's silence was played: it counts as heard";
}

struct audio_row {
  std::string name;
  std::chrono::seconds from_caller;
  caller_quality came;
  agent_quality played;
  std::optional<end_reason> trouble;
};
class BadAudio : public testing::TestWithParam<audio_row> {};
TEST_P(BadAudio, IsTroubleFromABoundOn) {
  const auto& row = GetParam();
  EXPECT_EQ(bad_audio(row.from_caller, row.came, row.played), row.trouble);
}
INSTANTIATE_TEST_SUITE_P(
    Rows, BadAudio,
    testing::Values(
        audio_row{"Nothing", 60s, {}, {}, {}},
        audio_row{"GapsWhileHeIsSilent", 60s, {.gaps = 9, .gap_ms = 30'000}, {}, {}},
        audio_row{"JustNotCut", 60s, {.gap_ms = 2'999, .cut_ms = 2'999}, {}, {}},
        audio_row{"Cut", 60s, {.gap_ms = 3'000, .cut_ms = 3'000}, {}, reason::caller_cut_off},
        audio_row{"CutInALongCall", 1800s, {.gap_ms = 9'000, .cut_ms = 9'000}, {}, {}},
        audio_row{"CutOftenInALongCall", 1800s, {.gap_ms = 36'000, .cut_ms = 36'000}, {}, reason::caller_cut_off},
        audio_row{"OneLateMark", 60s, {}, {.marks = 9, .mean_lag_ms = 5'000, .worst_lag_ms = 5'000}, {}},
        audio_row{"Late", 60s, {}, {.marks = 10, .mean_lag_ms = 1'000, .worst_lag_ms = 2'000}, reason::playback_late},
        audio_row{"LateNowAndThen", 60s, {}, {.marks = 90, .mean_lag_ms = 999, .worst_lag_ms = 9'000}, {}}),
    [](const auto& of) { return of.param.name; });

TEST(BadAudioReasons, AreTheseTwo) {
  for (std::size_t i = 0; i < end_reason_count; ++i) {
    const auto one = static_cast<reason>(i);
    EXPECT_EQ(is_bad_audio(one), one == reason::caller_cut_off || one == reason::playback_late) << to_string(one);
  }
}

}  // namespace
}  // namespace tonris::model
