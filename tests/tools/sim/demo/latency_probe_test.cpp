#include "tools/sim/demo/latency_probe.hpp"

#include <gtest/gtest.h>

namespace {

using namespace tonris::sim;
using namespace std::chrono_literals;

std::vector<std::uint8_t> frame(std::uint8_t seed) {
  std::vector<std::uint8_t> out(160);
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<std::uint8_t>(seed + i);
  return out;
}

TEST(SimLatencyProbe, KnowsAFrameAgainEvenWhenTwoCameTogether) {
  latency_probe probe;
  const latency_probe::time_point t{};
  probe.sent(frame(1), t);
  probe.sent(frame(2), t + 20ms);
  auto both = frame(1);
  const auto second = frame(2);
  both.insert(both.end(), second.begin(), second.end());
  probe.arrived(both, t + 21ms);
  EXPECT_EQ(probe.count(), 2U);
  EXPECT_DOUBLE_EQ(probe.percentile_ms(0.5).value(), 1);
  EXPECT_DOUBLE_EQ(probe.percentile_ms(0.99).value(), 21);
}

TEST(SimLatencyProbe, LearnsNothingFromSilenceAndFromFramesThatCameTwice) {
  latency_probe probe;
  const latency_probe::time_point t{};
  const std::vector<std::uint8_t> silence(160, 0xFF);
  probe.sent(silence, t);
  probe.arrived(silence, t + 1ms);
  probe.sent(frame(1), t);
  probe.sent(frame(1), t + 20ms);
  probe.arrived(frame(1), t + 21ms);
  probe.arrived(frame(9), t + 21ms);
  EXPECT_EQ(probe.count(), 0U);
  EXPECT_FALSE(probe.percentile_ms(0.99));
}

}  // namespace
