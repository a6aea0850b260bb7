#include "actors/telemetry/histogram.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "actors/telemetry/metrics.hpp"

namespace tonris::actors {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr double bounds[] = {0.25, 0.5, 1};

/// What stands behind `took_seconds` in each line, the buckets' in order, then the sum and the count.
void expect_shown(const metrics& registry, const std::vector<std::string>& lines) {
  const auto text = registry.render();
  EXPECT_THAT(text, HasSubstr("# TYPE took_seconds histogram\n"));
  for (const auto& line : lines) EXPECT_THAT(text, HasSubstr("took_seconds" + line + "\n"));
}

TEST(Histogram, CountsWhatTookAtMostSoLong) {
  metrics registry;
  const histogram took{registry, "took_seconds", "How long it took", bounds};
  for (const auto time : {125ms, 250ms, 375ms, 625ms, 1000ms, 1125ms, -3ms}) took(time);
  expect_shown(registry, {R"(_bucket{le="0.25"} 3)", R"(_bucket{le="0.5"} 4)", R"(_bucket{le="1"} 6)",
                          R"(_bucket{le="+Inf"} 7)", "_count 7", "_sum 3.5"});
}

TEST(Histogram, IsTheSameWhoeverDeclaresItsNameAndLabels) {
  metrics registry;
  const histogram here{registry, "took_seconds", "How long it took", bounds, {{"of", "a"}}};
  const histogram there{registry, "took_seconds", "How long it took", bounds, {{"of", "a"}}};
  const histogram other{registry, "took_seconds", "How long it took", bounds, {{"of", "b"}}};
  here(1ms);
  there(1ms);
  expect_shown(registry, {R"(_count{of="a"} 2)", R"(_count{of="b"} 0)"});
}

TEST(FrameHistogram, ShowsWhatCameOnceItIsGathered) {
  metrics registry;
  const frame_histogram took{registry, "took_seconds", "How long it took", bounds};
  for (const auto time : {250ms, 500ms, 2000ms, -1ms}) took(time);
  expect_shown(registry, {"_count 0"});
  took.gather();
  expect_shown(registry, {R"(_bucket{le="0.25"} 2)", R"(_bucket{le="0.5"} 3)", R"(_bucket{le="1"} 3)",
                          R"(_bucket{le="+Inf"} 4)", "_count 4", "_sum 2.75"});
  took(1ms);
  took.gather();
  took.gather();
  expect_shown(registry, {"_count 5", R"(_bucket{le="0.25"} 3)"});
}

TEST(FrameHistogram, LosesNothingBetweenThreads) {
  metrics registry;
  const frame_histogram took{registry, "took_seconds", "How long it took", bounds};
  constexpr int each = 10'000;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([took] {
      for (int n = 0; n < each; ++n) took(1ms);
    });
  for (int i = 0; i < 100; ++i) took.gather();
  for (auto& one : threads) one.join();
  took.gather();
  expect_shown(registry, {"_count 40000", R"(_bucket{le="0.25"} 40000)"});
}

}  // namespace
}  // namespace tonris::actors
