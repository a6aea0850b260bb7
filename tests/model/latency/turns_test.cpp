#include "model/latency/turns.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace tonris::model {
namespace {

using namespace std::chrono_literals;
using milliseconds = std::chrono::milliseconds;

enum class who : std::uint8_t { caller_begins, caller_ends, agent_begins };
constexpr auto begins = who::caller_begins, ends = who::caller_ends, agent = who::agent_begins;

struct moment {
  who what;
  int at;
};

std::vector<int> turns_of(const std::vector<moment>& moments) {
  turns heard;
  std::vector<int> latencies;
  for (const auto& [what, at] : moments) {
    const milliseconds time{at};
    std::optional<milliseconds> turn;
    if (what == begins) heard.caller_began(time);
    if (what == ends) turn = heard.caller_ended(time);
    if (what == agent) turn = heard.agent_began(time);
    if (turn) latencies.push_back(static_cast<int>(turn->count()));
  }
  EXPECT_EQ(heard.summary().count, latencies.size());
  return latencies;
}

struct conversation {
  std::string why;
  std::vector<moment> moments;
  std::vector<int> latencies;
};

TEST(Turns, AreFromTheCallersEndToTheAgentsFirstSound) {
  for (const auto& row : std::vector<conversation>{
           {"nothing happened", {}, {}},
           {"one turn", {{begins, 100}, {ends, 1000}, {agent, 1800}}, {800}},
           {"at once", {{begins, 100}, {ends, 1000}, {agent, 1000}}, {0}},
           {"a greeting is no answer", {{agent, 50}}, {}},
           {"a greeting, then a turn", {{agent, 50}, {begins, 3000}, {ends, 4000}, {agent, 4700}}, {700}},
           {"two turns",
            {{begins, 0}, {ends, 1000}, {agent, 1800}, {begins, 4000}, {ends, 5000}, {agent, 5600}},
            {800, 600}},
           {"a second sentence is no answer", {{begins, 0}, {ends, 1000}, {agent, 1800}, {agent, 4000}}, {800}},
           {"the caller goes on", {{begins, 0}, {ends, 1000}, {begins, 1300}, {ends, 2000}, {agent, 2700}}, {700}},
           {"the caller goes on and on", {{ends, 1000}, {ends, 2000}, {ends, 3000}, {agent, 3100}}, {100}},
           {"the agent interrupts", {{begins, 0}, {agent, 700}, {ends, 1000}, {agent, 5000}}, {}},
           {"the agent interrupts, the next turn counts",
            {{begins, 0}, {agent, 700}, {ends, 1000}, {begins, 3000}, {ends, 4000}, {agent, 4500}},
            {500}},
           {"the agent's sound is told late", {{begins, 0}, {ends, 1000}, {agent, 900}, {agent, 5000}}, {}},
           {"the caller interrupts", {{agent, 100}, {begins, 600}, {ends, 1500}, {agent, 2100}}, {600}},
           {"the end is told late", {{begins, 0}, {agent, 1500}, {ends, 1000}}, {500}},
           {"the end is told late, with two sounds behind it",
            {{begins, 0}, {agent, 1500}, {agent, 1700}, {ends, 1000}},
            {500}},
           {"an end told late does not wait", {{begins, 0}, {agent, 1500}, {ends, 1000}, {agent, 9000}}, {500}},
           {"a greeting behind an old end",
            {{agent, 50}, {agent, 2500}, {begins, 2600}, {ends, 3000}, {agent, 3400}},
            {400}},
           {"he goes on while the agent answers",
            {{begins, 0}, {ends, 1000}, {begins, 1100}, {agent, 1200}, {ends, 2000}, {agent, 6000}},
            {}}})
    EXPECT_EQ(turns_of(row.moments), row.latencies) << row.why;
}

TEST(Turns, TellWhatTheyWere) {
  turns heard;
  EXPECT_EQ(heard.summary(), turn_latency{});
  heard.caller_ended(1000ms);
  heard.agent_began(1008ms);
  EXPECT_EQ(heard.summary(), (turn_latency{1, 8, 8, 8}));
  heard.caller_ended(2000ms);
  heard.agent_began(3000ms);
  EXPECT_EQ(heard.summary(), (turn_latency{2, 8, 1000, 1000}));
}

TEST(TurnBuckets, OfOneTurnEachPercentileIsThatTurn) {
  for (const std::uint32_t ms : {0U, 15U, 16U, 752U, 760U, 767U, 768U, 65'535U, 65'536U, 3'600'000U}) {
    turn_buckets one;
    one.add(milliseconds{ms});
    EXPECT_EQ(one.summary(), (turn_latency{1, ms, ms, ms}));
  }
}

TEST(TurnBuckets, TellThePercentileExactlyThatIsTheWorst) {
  turn_buckets few;
  for (std::uint32_t count = 1; count < 20; ++count) {
    few.add(milliseconds{500 + 13 * count});
    const auto summary = few.summary();
    EXPECT_EQ(summary.p95_ms, 500 + 13 * count) << count;
    EXPECT_EQ(summary.p95_ms, summary.worst_ms) << count;
    EXPECT_LE(summary.p50_ms, summary.p95_ms) << count;
  }
}

TEST(TurnBuckets, AreWrongByAThirtySecondAtMost) {
  for (std::uint32_t ms = 0; ms < 65'536; ++ms) {
    turn_buckets one;
    one.add(milliseconds{ms});
    one.add(1h);
    const auto shown = one.summary().p50_ms;
    ASSERT_LE(std::abs(static_cast<double>(shown) - ms), ms / 31.0) << ms;
    ASSERT_TRUE(ms >= 16 || shown == ms) << ms;
    ASSERT_EQ(one.summary().worst_ms, 3'600'000U);
  }
}

TEST(TurnBuckets, AgreeWithTheSortedLatencies) {
  std::mt19937 random{1};
  for (const std::size_t size : {1U, 2U, 3U, 19U, 20U, 21U, 100U, 5'000U}) {
    turn_buckets buckets;
    std::vector<std::uint32_t> sorted;
    for (std::size_t n = 0; n < size; ++n) {
      sorted.push_back(random() % 100 < 90 ? 300 + random() % 1500 : random() % 20'000);
      buckets.add(milliseconds{sorted.back()});
    }
    std::sort(sorted.begin(), sorted.end());
    const auto exact = [&](unsigned percent) { return static_cast<double>(sorted[(size * percent + 99) / 100 - 1]); };
    const auto summary = buckets.summary();
    EXPECT_EQ(summary.count, size);
    EXPECT_EQ(summary.worst_ms, sorted.back());
    EXPECT_NEAR(summary.p50_ms, exact(50), exact(50) / 31) << size;
    EXPECT_NEAR(summary.p95_ms, exact(95), exact(95) / 31) << size;
    EXPECT_LE(summary.p50_ms, summary.p95_ms);
    EXPECT_LE(summary.p95_ms, summary.worst_ms);
  }
}

TEST(TurnBuckets, AreBoundedInSizeAndInWhatTheyTake) {
  EXPECT_LT(sizeof(turn_buckets), 1024U);
  turn_buckets buckets;
  buckets.add(-5ms);
  EXPECT_EQ(buckets.summary(), (turn_latency{1, 0, 0, 0}));
  buckets.add(milliseconds::max());
  buckets.add(milliseconds::max());
  EXPECT_EQ(buckets.summary(), (turn_latency{3, 3'600'000, 3'600'000, 3'600'000}));
}

}  // namespace
}  // namespace tonris::model
