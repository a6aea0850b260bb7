#include "tools/bench/traffic.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tonris::bench {
namespace {

struct BenchTraffic : testing::Test {
  traffic frames{3};
  std::string next(std::uint32_t call, direction way, nanos due = now()) {
    return std::string{frames.next(call, way, due)};
  }
};

TEST_F(BenchTraffic, CountsWhatArrivesAndWhatDoesNot) {
  const auto a = next(0, direction::to_agent), b = next(0, direction::to_agent), c = next(0, direction::to_agent);
  frames.arrived(0, direction::to_agent, c);
  frames.arrived(0, direction::to_agent, a);
  frames.arrived(0, direction::to_agent, a);
  const auto count = frames.count(direction::to_agent);
  EXPECT_EQ(count.sent, 3U);
  EXPECT_EQ(count.received, 2U);
  EXPECT_EQ(count.lost, 1U);
  EXPECT_EQ(count.reordered, 1U);
  EXPECT_EQ(count.twice, 1U);
  EXPECT_EQ(frames.count(direction::to_caller).sent, 0U);
}

TEST_F(BenchTraffic, SeesAudioOfAnotherCallOrDirection) {
  frames.arrived(1, direction::to_agent, next(0, direction::to_agent));
  frames.arrived(0, direction::to_agent, next(0, direction::to_caller));
  EXPECT_EQ(frames.count(direction::to_agent).misdirected, 2U);
  EXPECT_EQ(frames.count(direction::to_agent).received, 0U);
  EXPECT_EQ(frames.count(direction::to_agent).lost, 1U);
}

TEST_F(BenchTraffic, SeesDamageBehindTheStamp) {
  auto frame = next(0, direction::to_agent);
  frame[100] = frame[100] == 'A' ? 'B' : 'A';
  frames.arrived(0, direction::to_agent, frame);
  frames.arrived(0, direction::to_agent, "no base64!");
  EXPECT_EQ(frames.count(direction::to_agent).damaged, 2U);
}

TEST_F(BenchTraffic, CutsJoinedFramesApart) {
  std::vector<std::uint8_t> audio(2 * frame_bytes);
  ASSERT_TRUE(decode_base64(next(2, direction::to_caller), std::span{audio}.first(frame_bytes)));
  ASSERT_TRUE(decode_base64(next(2, direction::to_caller), std::span{audio}.subspan(frame_bytes)));
  std::string joined((audio.size() + 2) / 3 * 4, ' ');
  encode_base64(audio, joined.data());
  frames.arrived(2, direction::to_caller, joined);
  EXPECT_EQ(frames.count(direction::to_caller).received, 2U);
  EXPECT_EQ(frames.count(direction::to_caller).damaged, 0U);
}

TEST_F(BenchTraffic, TellsSilenceFromForeignAudio) {
  std::string text(frame_base64, ' ');
  frame_audio audio{};
  audio.fill(0xff);
  encode_base64(audio, text.data());
  frames.arrived(0, direction::to_agent, text);
  audio.fill(0x11);
  encode_base64(audio, text.data());
  frames.arrived(0, direction::to_agent, text);
  EXPECT_EQ(frames.count(direction::to_agent).silence, 1U);
  EXPECT_EQ(frames.count(direction::to_agent).foreign, 1U);
}

TEST_F(BenchTraffic, MeasuresOnlyFramesDueInTheWindowAndFromTheirDueTime) {
  const nanos start = now();
  frames.arrived(0, direction::to_agent, next(0, direction::to_agent, start - one_s));
  frames.open_window(start);
  const nanos due = start + 1;
  const auto held_up = next(0, direction::to_agent, due);
  frames.arrived(0, direction::to_agent, held_up);
  frames.close_window(start + 2);
  frames.arrived(0, direction::to_agent, next(0, direction::to_agent, start + 2));
  const auto times = frames.take_window();
  EXPECT_EQ(times.from_due[0].count(), 1U);
  EXPECT_EQ(times.from_due[1].count(), 0U);
  EXPECT_EQ(times.send_lag.count(), 1U);
  EXPECT_GE(times.from_due[0].max(), times.from_sent[0].max());
}

TEST_F(BenchTraffic, HasNothingOfOneWindowInTheNext) {
  const nanos start = now();
  frames.open_window(start);
  frames.arrived(0, direction::to_agent, next(0, direction::to_agent, start + 1));
  frames.close_window(start + 2);
  EXPECT_EQ(frames.take_window().from_due[0].count(), 1U);
  frames.arrived(0, direction::to_agent, next(0, direction::to_agent, start + 3));
  frames.open_window(start + 4);
  frames.arrived(0, direction::to_caller, next(0, direction::to_caller, start + 5));
  const auto second = frames.take_window();
  EXPECT_EQ(second.from_due[0].count(), 0U);
  EXPECT_EQ(second.from_sent[1].count(), 1U);
}

}  // namespace
}  // namespace tonris::bench
