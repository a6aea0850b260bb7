#include "model/quality/playback_meter.hpp"

#include <gtest/gtest.h>

namespace tonris::model {
namespace {

using namespace std::chrono_literals;
using milliseconds = std::chrono::milliseconds;

/// What goes to Twilio, and when its marks come back.
class PlaybackMeter : public testing::Test {
 protected:
  void sends(milliseconds audio) {
    meter.chunk(audio);
    meter.sent(audio, now);
    position += static_cast<std::uint64_t>(audio.count());
  }
  std::uint64_t marks() {
    meter.mark_sent(position);
    return position;
  }
  [[nodiscard]] const agent_quality& seen() const { return meter.figures(); }

  playback_meter meter;
  playback_meter::time now{1h};
  std::uint64_t position = 0;
};

TEST_F(PlaybackMeter, CountsChunksAndTheirAudio) {
  sends(200ms);
  sends(20ms);
  EXPECT_EQ(seen().chunks, 2u);
  EXPECT_EQ(seen().audio_ms, 220u);
}

TEST_F(PlaybackMeter, KnowsHowLateAMarkComesBack) {
  sends(200ms);
  const auto first = marks();
  sends(200ms);  // at once: it plays behind the first
  const auto second = marks();
  now += 240ms;
  EXPECT_EQ(meter.mark_back(first, now), 40ms);
  now += 200ms;
  EXPECT_EQ(meter.mark_back(second, now), 40ms);
  EXPECT_EQ(seen().marks, 2u);
  EXPECT_EQ(seen().mean_lag_ms, 40u);
  EXPECT_EQ(seen().worst_lag_ms, 40u);
}

TEST_F(PlaybackMeter, DoesNotCountTheSilenceBetweenTwoAnswers) {
  sends(200ms);
  now += 5s;
  sends(200ms);
  const auto mark = marks();
  now += 300ms;
  EXPECT_EQ(meter.mark_back(mark, now), 100ms);
}

TEST_F(PlaybackMeter, TakesAMarkThatComesEarlyAsOnTime) {
  sends(200ms);
  EXPECT_EQ(meter.mark_back(marks(), now), 0ms);
}

TEST_F(PlaybackMeter, MeasuresNoMarkTwiceAndNoneOfWhatIsVoid) {
  sends(200ms);
  const auto mark = marks();
  now += 300ms;
  EXPECT_EQ(meter.mark_back(mark, now), 100ms);
  EXPECT_FALSE(meter.mark_back(mark, now));
  sends(1s);
  const auto other = marks();
  meter.cleared(now);
  EXPECT_FALSE(meter.mark_back(other, now));
  EXPECT_EQ(seen().marks, 1u);
}

TEST_F(PlaybackMeter, MeasuresAsManyMarksAtOnceAsThereArePlaces) {
  for (std::size_t n = 0; n < playback_meter::most_marks + 10; ++n) {
    sends(200ms);
    (void)marks();
  }
  std::size_t measured = 0;
  for (std::size_t n = 1; n <= playback_meter::most_marks + 10; ++n) {
    now += 200ms;
    if (meter.mark_back(200 * n, now)) ++measured;
  }
  EXPECT_EQ(measured, playback_meter::most_marks);
  EXPECT_EQ(seen().worst_lag_ms, 0u);
  sends(200ms);
  EXPECT_TRUE(meter.mark_back(marks(), now)) << "there are places again";
}

struct pause_row {
  const char* name;
  milliseconds hole;
  bool he_spoke;
  std::uint32_t pauses;
};
class PlaybackMeterPauses : public testing::TestWithParam<pause_row> {};
TEST_P(PlaybackMeterPauses, AreHolesInWhatItSays) {
  const auto& [name, hole, he_spoke, pauses] = GetParam();
  playback_meter meter;
  playback_meter::time now{1h};
  meter.sent(400ms, now);
  now += 400ms + hole;
  if (he_spoke) meter.turn_over();
  meter.sent(400ms, now);
  EXPECT_EQ(meter.figures().pauses, pauses);
  EXPECT_EQ(meter.figures().longest_pause_ms, pauses * hole.count());
}
INSTANTIATE_TEST_SUITE_P(Rows, PlaybackMeterPauses,
                         testing::Values(pause_row{"None", 0ms, false, 0}, pause_row{"Overlap", -200ms, false, 0},
                                         pause_row{"TooShortToHear", 99ms, false, 0},
                                         pause_row{"AHole", 100ms, false, 1}, pause_row{"TheLongest", 3000ms, false, 1},
                                         pause_row{"SomethingElse", 3001ms, false, 0},
                                         pause_row{"AnAnswer", 1500ms, true, 0}),
                         [](const auto& of) { return of.param.name; });

TEST_F(PlaybackMeter, TakesAnInterruptedTurnForOver) {
  sends(5s);
  now += 1s;
  meter.cleared(now);
  now += 800ms;
  sends(400ms);
  EXPECT_EQ(seen().pauses, 0u);
}

TEST_F(PlaybackMeter, GoesOnFromWhatWasMeasuredBefore) {
  agent_quality before;
  before.chunks = 7;
  before.marks = 3;
  before.mean_lag_ms = 100;
  before.worst_lag_ms = 250;
  meter = playback_meter{before};
  sends(200ms);
  const auto mark = marks();
  now += 220ms;
  EXPECT_EQ(meter.mark_back(mark, now), 20ms);
  EXPECT_EQ(seen().chunks, 8u);
  EXPECT_EQ(seen().marks, 4u);
  EXPECT_EQ(seen().mean_lag_ms, 80u);
  EXPECT_EQ(seen().worst_lag_ms, 250u);
}

TEST_F(PlaybackMeter, ForgetsTheMarksOfAFormerStream) {
  sends(200ms);
  (void)marks();
  meter.new_stream();
  EXPECT_FALSE(meter.mark_back(200, now + 10s));
}

}  // namespace
}  // namespace tonris::model
