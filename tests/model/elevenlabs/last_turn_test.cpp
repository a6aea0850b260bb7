#include "model/elevenlabs/last_turn.hpp"

#include <gtest/gtest.h>

#include <string>

namespace tonris::model {
namespace {

/// What happens, one letter each: q the agent is asked, t a text, a audio, i an interruption, . a second of ticks.
struct course {
  std::string name, happens;
  bool over;
};
class LastTurn : public testing::TestWithParam<course> {};

TEST_P(LastTurn, IsOverOnceItWasSaid) {
  last_turn turn;
  int over = 0;
  for (const char what : GetParam().happens) {
    if (what == 'q') turn.asked();
    if (what == 't') turn.text();
    if (what == 'a') turn.audio();
    if (what == 'i') turn.interrupted();
    for (unsigned n = 0; what == '.' && n < audio_watch::ticks_a_second; ++n) over += turn.tick();
  }
  EXPECT_EQ(over, GetParam().over ? 1 : 0);
}
INSTANTIATE_TEST_SUITE_P(
    Courses, LastTurn,
    testing::Values(course{"NotAsked", "ta..........", false}, course{"Answered", "ta...q..ta...", true},
                    course{"AudioAheadOfItsText", "ta...q..at...", true},
                    course{"AnsweredOnce", "ta.q.ta...........ta...", true},
                    course{"NotLongEnoughAgo", "ta.q.ta..", false}, course{"InPieces", "ta.q.ta..a..a..", false},
                    course{"InPiecesToItsEnd", "ta.q.ta..a..a...", true}, course{"NoAnswer", "ta.q..........", false},
                    course{"TheSentenceThatRanOn", "taqaaaa......", false},
                    course{"AnAnswerAfterTheSentenceThatRanOn", "taqaaa..ta...", true},
                    course{"ATextWithoutAudio", "ta.q.t......", false},
                    course{"OfAnAgentWithoutTexts", "a.q.a...", true}, course{"Interrupted", "ta.q.ta.i.....", false},
                    course{"InterruptedAndAnsweredAgain", "ta.q.ta.i..ta...", true},
                    course{"AskedAgain", "ta.q.ta..q...", false}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace tonris::model
