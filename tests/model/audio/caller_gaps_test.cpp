#include "model/audio/caller_gaps.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>

namespace tonris::model {
namespace {

constexpr std::size_t frame = 160;

/// Twilio's frames as they arrive, and what the agent gets of them.
class CallerGaps : public testing::Test {
 protected:
  /// A frame of the stream's time `at` arrives.
  void comes(std::uint64_t at, bool silent = false) {
    const auto place = gaps.frame(at, frame);
    filled_ms += place.missing / 8;
    if (place.late && silent) {
      gaps.left_out(frame);
      left_out_ms += 20;
    } else {
      passed_ms += 20;
    }
  }
  void ticks(int times) {
    for (int i = 0; i < times; ++i)
      if (gaps.tick()) filled_ms += 100;
  }
  /// Speech of `total` ms that arrives each `batch` ms, all that was said meanwhile at once.
  void speech_in_batches(int total, int batch) {
    std::uint64_t at = 0;
    for (int now = 0; now < total;) {
      const int next = std::min(now + batch, total);
      for (int t = now / 100; t < next / 100; ++t) ticks(1);
      for (int t = now; t < next; t += 20) comes(at += 20);
      now = next;
    }
  }

  caller_gaps gaps;
  std::uint64_t filled_ms = 0, passed_ms = 0, left_out_ms = 0;
};

TEST_F(CallerGaps, MissNothingInAStreamThatRuns) {
  for (std::uint64_t at = 73; at < 60'000; at += 20) {
    comes(at);
    if (at % 100 < 20) ticks(1);
  }
  EXPECT_EQ(filled_ms, 0u);
  EXPECT_EQ(left_out_ms, 0u);
}

class CallerGapsOf : public CallerGaps, public testing::WithParamInterface<int> {};
TEST_P(CallerGapsOf, ABatchedStreamAreNone) {
  speech_in_batches(4800, GetParam());
  EXPECT_EQ(passed_ms, 4800u);
  EXPECT_EQ(filled_ms, 0u);
}
INSTANTIATE_TEST_SUITE_P(Batches, CallerGapsOf, testing::Values(20, 100, 240, 500, 800, 1000));

TEST_F(CallerGaps, AreFilledExactlyWhereTimestampsJump) {
  for (const std::uint64_t missing : {20u, 40u, 60u, 1000u, 4980u, 9980u}) {
    gaps.new_stream();
    filled_ms = 0;
    comes(100);
    comes(120);
    comes(140 + missing);
    EXPECT_EQ(filled_ms, missing);
    comes(160 + missing);
    EXPECT_EQ(filled_ms, missing) << "once";
  }
}

TEST_F(CallerGaps, AreFilledAfterASecondWithoutAFrame) {
  comes(20);
  ticks(11);  // the first of them still saw a frame
  EXPECT_EQ(filled_ms, 0u);
  ticks(1);
  EXPECT_EQ(filled_ms, 100u);
  ticks(20);
  EXPECT_EQ(filled_ms, 2100u) << "real time from then on";
}

TEST_F(CallerGaps, ThatWereFilledAlreadyAreNotFilledTwice) {
  comes(20);
  ticks(32);
  ASSERT_EQ(filled_ms, 2100u);
  comes(3220);  // 3,180 ms are missing
  EXPECT_EQ(filled_ms, 3180u);
  for (std::uint64_t at = 3240; at < 5000; at += 20) comes(at, true);
  EXPECT_EQ(left_out_ms, 0u) << "nothing is owed";
}

TEST_F(CallerGaps, ThatWereNoneAreTakenBackFromWhatIsSilentAndFromNothingElse) {
  comes(20);
  ticks(32);
  ASSERT_EQ(filled_ms, 2100u);
  std::uint64_t at = 20;
  for (int i = 0; i < 50; ++i) comes(at += 20);         // a second of speech came late, with all that follows
  for (int i = 0; i < 200; ++i) comes(at += 20, true);  // then a pause
  EXPECT_EQ(passed_ms + left_out_ms, 20u + 1000 + 4000);
  EXPECT_EQ(left_out_ms, 2100u);
  EXPECT_EQ(passed_ms + filled_ms, at) << "the agent's clock is the stream's again";
}

TEST_F(CallerGaps, ThatWereFilledInPartAreMadeUpForByTheJump) {
  comes(20);
  ticks(22);
  ASSERT_EQ(filled_ms, 1100u);
  comes(40);    // late
  comes(2060);  // and two seconds are really missing
  EXPECT_EQ(filled_ms, 2000u);
}

TEST_F(CallerGaps, AreNoneWhereTimestampsWander) {
  std::uint64_t at = 1000;
  for (int i = 0; i < 1000; ++i) comes(at += i % 2 ? 13 : 27);
  EXPECT_EQ(filled_ms, 0u);
}

TEST_F(CallerGaps, AreNoneWhereTimestampsSayNothing) {
  for (int i = 0; i < 100; ++i) comes(0);
  comes(2020);
  comes(0);
  comes(2060);
  EXPECT_EQ(filled_ms, 0u) << "a frame that does not say stands behind the one before it";
}

TEST_F(CallerGaps, AreNoneWhereTimestampsGoBackOrOff) {
  comes(5000);
  comes(20);
  comes(40);
  comes(5080);
  EXPECT_EQ(filled_ms, 20u) << "of the one frame's time that did pass";
  comes(18'446'744'073'709'551'615u);
  comes(90'000'000);
  comes(5120);
  EXPECT_EQ(filled_ms, 20u) << "no stream is without a frame that long";
}

TEST_F(CallerGaps, BeginAnewWithAStream) {
  comes(60'000);
  ticks(20);
  gaps.new_stream();
  comes(20, true);
  comes(40, true);
  EXPECT_EQ(left_out_ms, 0u);
  filled_ms = 0;
  comes(60, true);
  EXPECT_EQ(filled_ms, 0u);
}

TEST_F(CallerGaps, AreNotOwedToWhoNeverGotThem) {
  comes(20);
  ticks(30);
  gaps.new_listener();
  for (std::uint64_t at = 40; at < 2000; at += 20) comes(at, true);
  EXPECT_EQ(left_out_ms, 0u);
}

}  // namespace
}  // namespace tonris::model
