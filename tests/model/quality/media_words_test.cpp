#include "model/quality/media_words.hpp"

#include <gtest/gtest.h>

namespace tonris::model {
namespace {

struct row {
  std::string name;
  caller_quality came;
  agent_quality played;
  std::string words;
};
class MediaWords : public testing::TestWithParam<row> {};
TEST_P(MediaWords, SayWhatWasWrongAndWhoIsToBeAsked) {
  EXPECT_EQ(what_was_wrong(GetParam().came, GetParam().played), GetParam().words);
}

const std::string gaps_words =
    "The caller's audio had 14 gaps, 3.2 s in all, the longest 1.2 s: his carrier, or what lies between him and "
    "Twilio.";
const std::string lag_words =
    "What the agent said was heard up to 2.3 s late, 0.9 s in the mean: the network between here and Twilio.";

INSTANTIATE_TEST_SUITE_P(
    Rows, MediaWords,
    testing::Values(
        row{"NothingMeasured", {}, {}, ""},
        row{"NothingAnybodyHears",
            {.gaps = 3, .gap_ms = 60, .longest_gap_ms = 20, .longest_pause_ms = 130, .late = 4, .jitter_us = 900},
            {.chunks = 90,
             .audio_ms = 9000,
             .pauses = 1,
             .longest_pause_ms = 120,
             .marks = 40,
             .mean_lag_ms = 60,
             .worst_lag_ms = 300},
            ""},
        row{"Gaps", {.gaps = 14, .gap_ms = 3200, .longest_gap_ms = 1200}, {}, gaps_words},
        row{"FramesThatTwilioThrewAway",
            {.gaps = 1, .gap_ms = 200, .longest_gap_ms = 200, .lost = 10},
            {},
            "Twilio counted 10 frames of the caller's that it did not send: this gateway, or the network to it, took "
            "them too slowly (31930)."},
        row{"Bursts",
            {.longest_pause_ms = 1500, .late = 60},
            {},
            "60 frames of the caller's came late, the longest pause was 1.5 s: the network between Twilio and here."},
        row{"AVoiceThatBreaksOff",
            {},
            {.pauses = 1, .longest_pause_ms = 1800},
            "What the agent said broke off 1 time, the longest for 1.8 s: ElevenLabs, or the network to it."},
        row{"Lag", {}, {.marks = 20, .mean_lag_ms = 900, .worst_lag_ms = 2300}, lag_words},
        row{"Both",
            {.gaps = 14, .gap_ms = 3200, .longest_gap_ms = 1200},
            {.marks = 20, .mean_lag_ms = 900, .worst_lag_ms = 2300},
            gaps_words + " " + lag_words}),
    [](const auto& of) { return of.param.name; });

}  // namespace
}  // namespace tonris::model
