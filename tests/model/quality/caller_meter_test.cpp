#include "model/quality/caller_meter.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

namespace tonris::model {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr std::size_t frame_bytes = 160;

/// One frame of 20 ms as it comes: when, and what it says of itself.
struct came {
  std::int64_t at_ms;
  std::uint64_t sequence, chunk, timestamp;
};
constexpr std::uint64_t first_timestamp = 73;

/// Frame n of an orderly stream, from 0.
came orderly(std::int64_t n) {
  const auto number = static_cast<std::uint64_t>(n);
  return {20 * n, number + 2, number + 1, first_timestamp + 20 * number};
}
std::vector<came> orderly(std::int64_t from, std::int64_t to) {
  std::vector<came> all;
  for (auto n = from; n < to; ++n) all.push_back(orderly(n));
  return all;
}
std::vector<came> operator+(std::vector<came> a, const std::vector<came>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}
std::vector<came> changed(std::vector<came> all, void (*change)(came&)) {
  for (auto& one : all) change(one);
  return all;
}

const caller_meter::time start{1h};

void feed(caller_meter& meter, const std::vector<came>& frames) {
  for (const auto& one : frames)
    meter.arrived({one.sequence, one.chunk, one.timestamp, frame_bytes}, start + milliseconds{one.at_ms});
}

struct row {
  std::string name;
  std::vector<came> frames;
  caller_quality seen;
};

/// Of these figures; jitter is its own matter.
caller_quality figures(std::uint32_t gaps, std::uint32_t gap_ms, std::uint32_t longest_gap, std::uint32_t longest_pause,
                       std::uint32_t late = 0, std::uint32_t lost = 0, std::uint32_t out_of_order = 0,
                       std::uint32_t duplicates = 0) {
  caller_quality of;
  of.gaps = gaps;
  of.gap_ms = gap_ms;
  of.longest_gap_ms = longest_gap;
  of.longest_pause_ms = longest_pause;
  of.late = late;
  of.lost = lost;
  of.out_of_order = out_of_order;
  of.duplicates = duplicates;
  return of;
}

class CallerMeter : public testing::TestWithParam<row> {};
TEST_P(CallerMeter, CountsHowFramesCome) {
  caller_meter meter;
  feed(meter, GetParam().frames);
  auto seen = meter.figures();
  seen.jitter_us = seen.worst_jitter_us = 0;
  EXPECT_EQ(seen, GetParam().seen);
}
INSTANTIATE_TEST_SUITE_P(
    Rows, CallerMeter,
    testing::Values(
        row{"Nothing", {}, {}}, row{"OneFrame", orderly(0, 1), {}},
        row{"AnOrderlyMinute", orderly(0, 3000), figures(0, 0, 0, 20)},
        row{"LostBeforeTwilio",  // five frames of audio are missing, and of none of them Twilio knew
            orderly(0, 10) + changed(orderly(15, 20),
                                     [](came& one) {
                                       one.sequence -= 5;
                                       one.chunk -= 5;
                                     }),
            figures(1, 100, 100, 120)},
        row{"ThrownAwayByTwilio", orderly(0, 10) + orderly(13, 20), figures(1, 60, 60, 80, 0, 3)},
        row{"TwoGaps", orderly(0, 10) + orderly(11, 20) + orderly(70, 80), figures(2, 1020, 1000, 1020, 0, 51)},
        row{"TimestampsThatWander",
            changed(orderly(0, 200), [](came& one) { one.timestamp += one.sequence % 2 == 0 ? 0 : 9; }),
            figures(0, 0, 0, 20)},
        row{"APauseAndABurst",  // half a second in which nothing comes, then all of it: nothing is missing
            orderly(0, 10) + changed(orderly(10, 36), [](came& one) { one.at_ms = 700; }) + orderly(36, 50),
            figures(0, 0, 0, 520, 20)},
        row{"JustNotLate", orderly(0, 10) + changed(orderly(10, 11), [](came& one) { one.at_ms += 100; }),
            figures(0, 0, 0, 120)},
        row{"JustLate", orderly(0, 10) + changed(orderly(10, 11), [](came& one) { one.at_ms += 101; }),
            figures(0, 0, 0, 121, 1)},
        row{"ClocksThatDriftApart",  // a second an hour: 280 ppm, an hour of it in steps
            changed(orderly(0, 180'000), [](came& one) { one.at_ms += one.at_ms / 3600; }), figures(0, 0, 0, 21)},
        row{"AnotherWayFromNowOn",  // half a second longer: late at first, the new measure after a minute
            orderly(0, 3000) + changed(orderly(3000, 9000), [](came& one) { one.at_ms += 500; }),
            figures(0, 0, 0, 520, 1500)},
        row{"Twice", orderly(0, 10) + orderly(9, 20), figures(0, 0, 0, 20, 0, 0, 0, 1)},
        row{"TwoChangePlaces",
            orderly(0, 10) + orderly(11, 12) + changed(orderly(10, 11), [](came& one) { one.at_ms = 220; }) +
                orderly(12, 20),
            figures(1, 20, 20, 40, 0, 0, 1)},
        row{"LongAgo",
            orderly(0, 100) + changed(orderly(0, 2), [](came& one) { one.at_ms = 1980; }) + orderly(100, 120),
            figures(0, 0, 0, 20, 0, 0, 2)},
        row{"NamelessFrames", changed(orderly(0, 50), [](came& one) { one.sequence = one.chunk = one.timestamp = 0; }),
            figures(0, 0, 0, 20)},
        row{"AClockThatJumps",  // an hour on: no gap, but another clock
            orderly(0, 10) + changed(orderly(10, 20), [](came& one) { one.timestamp += 3'600'000; }),
            figures(0, 0, 0, 20)},
        row{"AClockThatBeginsAnew",
            orderly(1000, 1010) + changed(orderly(1010, 1020), [](came& one) { one.timestamp -= 20'200; }),
            figures(0, 0, 0, 20)}),
    [](const auto& of) { return of.param.name; });

TEST(CallerMeterJitter, IsRfc3550s) {
  caller_meter meter;
  feed(meter, orderly(0, 100));
  EXPECT_EQ(meter.figures().jitter_us, 0u);
  // Each second frame comes 8 ms late: |D| is 8 ms each time, which the estimate comes near to.
  feed(meter, changed(orderly(100, 1000), [](came& one) { one.at_ms += one.sequence % 2 == 0 ? 0 : 8; }));
  double expected = 0;  // J += (|D| - J) / 16
  for (int i = 0; i < 900; ++i) expected += (8000 - expected) / 16;
  EXPECT_NEAR(meter.figures().jitter_us, expected, 20);
  const auto at_its_height = meter.figures().jitter_us;
  feed(meter, changed(orderly(1000, 1200), [](came&) {}));
  EXPECT_LT(meter.figures().jitter_us, 100u) << "a running estimate forgets";
  EXPECT_GE(meter.figures().worst_jitter_us, at_its_height) << "but its worst is kept";
}

TEST(CallerMeterJitter, OfOneLateFrameIsASixteenthTwice) {
  caller_meter meter;
  feed(meter, orderly(0, 10) + changed(orderly(10, 11), [](came& one) { one.at_ms += 16; }));
  EXPECT_EQ(meter.figures().jitter_us, 1000u);
  feed(meter, orderly(11, 12));
  EXPECT_NEAR(meter.figures().jitter_us, 1000 + 15'000.0 / 16, 2);
}

TEST(CallerMeterStreams, BeginTheirNumbersAnewAndAddUp) {
  caller_meter meter;
  feed(meter, orderly(0, 10) + orderly(15, 20));
  meter.new_stream();
  feed(meter, changed(orderly(0, 10), [](came& one) { one.at_ms += 60'000; }));
  const auto seen = meter.figures();
  EXPECT_EQ(seen.gaps, 1u);
  EXPECT_EQ(seen.longest_pause_ms, 120u) << "between two streams nothing is expected";
  EXPECT_EQ(seen.out_of_order + seen.duplicates, 0u);
  EXPECT_EQ(seen.late, 0u);
}

TEST(CallerMeterStreams, GoOnFromWhatWasMeasuredBefore) {
  caller_quality before;
  before.gaps = 3;
  before.gap_ms = 400;
  before.longest_gap_ms = 300;
  before.worst_jitter_us = 9000;
  caller_meter meter{before};
  feed(meter, orderly(0, 10) + orderly(15, 20));
  EXPECT_EQ(meter.figures().gaps, 4u);
  EXPECT_EQ(meter.figures().gap_ms, 500u);
  EXPECT_EQ(meter.figures().longest_gap_ms, 300u);
  EXPECT_EQ(meter.figures().worst_jitter_us, 9000u);
}

TEST(CallerMeterGaps, CutWhatHeSaysOnlyWhereHeTalked) {
  caller_meter meter;
  feed(meter, orderly(0, 5));
  meter.tick(true);
  feed(meter, orderly(10, 15));
  EXPECT_EQ(meter.figures().cut_ms, 100u);
  meter.tick(false);
  feed(meter, orderly(20, 25));
  EXPECT_EQ(meter.figures().cut_ms, 100u) << "he was silent";
  meter.tick(true);
  meter.tick(false);  // while nothing comes nobody knows: what was known last stands
  feed(meter, orderly(50, 55));
  EXPECT_EQ(meter.figures().cut_ms, 600u);
  EXPECT_EQ(meter.figures().gap_ms, 700u);
}

}  // namespace
}  // namespace tonris::model
