#include "tools/bench/figures.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include "tools/bench/process_stats.hpp"
#include "tools/bench/report.hpp"

namespace tonris::bench {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

run_report run(const char* target, unsigned round, double cpu) {
  run_report r;
  r.target = target;
  r.round = round;
  r.figures.set("cpu_per_frame_us", cpu);
  return r;
}

TEST(BenchFigures, SpreadHasTheMiddleOfOddAndEvenNumbers) {
  EXPECT_FALSE(spread_of({}).has_value());
  EXPECT_EQ(spread_of({3, 1, 2}).value().median, 2);
  EXPECT_EQ(spread_of({4, 1, 2, 3}).value().median, 2.5);
  EXPECT_EQ(spread_of({4, 1, 2}).value().min, 1);
  EXPECT_EQ(spread_of({4, 1, 2}).value().max, 4);
}

TEST(BenchFigures, RatiosPairTheRunsOfOneRound) {
  const std::vector<run_report> runs{run("gateway", 1, 30), run("relay", 1, 20),  run("gateway", 2, 40),
                                     run("relay", 2, 40),   run("gateway", 3, 9), run("relay", 4, 1)};
  EXPECT_THAT(ratios_of(runs, "cpu_per_frame_us"), ElementsAre(1.5, 1.0));
  EXPECT_THAT(ratios_of(runs, "unknown"), ElementsAre());
}

TEST(BenchFigures, RatioLeavesOutARelayOfZero) {
  const std::vector<run_report> runs{run("gateway", 1, 30), run("relay", 1, 0)};
  EXPECT_THAT(ratios_of(runs, "cpu_per_frame_us"), ElementsAre());
}

TEST(BenchReport, HoldsAWatchedGatewayAgainstOneThatIsNot) {
  const std::vector<run_report> runs{run("gateway", 1, 20), run("watched", 1, 21), run("gateway", 2, 30)};
  EXPECT_THAT(ratios_of(runs, "cpu_per_frame_us", {watched, "gateway"}), ElementsAre(1.05));
  const auto text = describe_summary(runs);
  EXPECT_THAT(text, HasSubstr("watched / gateway, pair by pair\n"));
  EXPECT_THAT(text, testing::Not(HasSubstr("gateway / relay")));
}

TEST(BenchReport, IsCleanOnlyWhenNothingWentWrong) {
  run_report good = run("gateway", 1, 1);
  good.calls = 2;
  good.figures.set("calls_up_at_end", 2);
  good.figures.set("frames_lost", 0);
  EXPECT_TRUE(clean(good));
  auto lost = good;
  lost.figures = {};
  lost.figures.set("frames_lost", 1);
  EXPECT_FALSE(clean(lost));
  auto faulty = good;
  faulty.faults["x"] = 1;
  EXPECT_FALSE(clean(faulty));
  auto fewer = good;
  fewer.calls = 3;
  EXPECT_FALSE(clean(fewer));
}

TEST(BenchReport, EndsWithTheRatios) {
  const auto text = describe_summary({run("gateway", 1, 30), run("relay", 1, 20)});
  const auto at = text.find("gateway / relay");
  ASSERT_NE(at, std::string::npos);
  EXPECT_THAT(text.substr(at), HasSubstr("1.50"));
}

TEST(BenchReport, WritesJsonWithWhatCannotStandInItEscaped) {
  auto one = run("gateway", 1, 2.5);
  one.faults["say \"no\"\n"] = 3;
  EXPECT_EQ(
      to_json("t\\", {one}),
      R"({"title":"t\\","runs":[{"target":"gateway","round":1,"calls":0,"figures":{"cpu_per_frame_us":2.5},)"
      R"("faults":{"say \"no\" ":3},"notes":[]}],"gateway":{"cpu_per_frame_us":{"min":2.5,"median":2.5,"max":2.5}},)"
      "\"relay\":{},\"ratios\":{}}\n");
}

TEST(BenchProcessStats, ReadsNumbersByTheirWholeName) {
  const std::string_view text = "nonvoluntary_ctxt_switches:\t7\nvoluntary_ctxt_switches:\t5\nRss:   12 kB\n";
  EXPECT_EQ(number_after(text, "voluntary_ctxt_switches"), 5U);
  EXPECT_EQ(number_after(text, "nonvoluntary_ctxt_switches"), 7U);
  EXPECT_EQ(number_after(text, "Rss"), 12U);
  EXPECT_EQ(number_after(text, "Pss"), 0U);
  EXPECT_EQ(number_after("Rss", "Rss"), 0U);
}

TEST(BenchProcessStats, SeesThisProcessWork) {
  const auto before = usage_of(getpid());
  volatile std::uint64_t sum = 0;
  for (const nanos until = now() + 20 * one_ms; now() < until;) sum = sum + 1;
  EXPECT_GT(usage_of(getpid()).cpu, before.cpu);
  EXPECT_GT(memory_of(getpid()).rss_kib, 100U);
  EXPECT_GT(memory_of(getpid()).pss_kib, 0U);
}

}  // namespace
}  // namespace tonris::bench
