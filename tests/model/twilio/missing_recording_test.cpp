#include "model/twilio/missing_recording.hpp"

#include <gtest/gtest.h>

namespace tonris::model::twilio {
namespace {

using namespace std::chrono_literals;

TEST(MissingRecording, IsGoneOnceItHadTheTimeToAppear) {
  const std::chrono::system_clock::time_point told{1'795'341'600s};
  const struct {
    std::chrono::system_clock::duration later;
    bool gone;
  } rows[] = {{-1s, false}, {0s, false}, {10s, false}, {59'999ms, false}, {60s, true}, {24h, true}};
  for (const auto& row : rows) EXPECT_EQ(is_gone(told, told + row.later), row.gone) << row.later.count();
  EXPECT_TRUE(is_gone({}, told)) << "nobody knows since when";
}

TEST(MissingRecording, IsLookedForAgainForAQuarterOfAMinute) {
  EXPECT_FALSE(next_look(0)) << "nothing was answered";
  std::chrono::milliseconds all{0};
  for (unsigned answered = 1; answered <= 4; ++answered) {
    const auto pause = next_look(answered);
    ASSERT_TRUE(pause);
    EXPECT_EQ(*pause, 1s * (1 << (answered - 1)));
    all += *pause;
  }
  EXPECT_EQ(all, 15s);
  for (const unsigned many : {5U, 40U, 4'000'000'000U}) EXPECT_FALSE(next_look(many));
}

}  // namespace
}  // namespace tonris::model::twilio
