#include "actors/node/load.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tonris::actors {
namespace {

using namespace std::chrono_literals;
using model::end_reason;

constexpr auto period = 10ms;
constexpr std::size_t mib = 1024 * 1024;

/// Loops whose time the test makes.
class NodeLoad : public testing::Test {
 protected:
  void loops(std::size_t count) {
    load = std::make_unique<node_load>(node_load::limits{0, limit}, count);
    times.assign(count, node_load::time{} + 1h);
    for (std::size_t i = 0; i < count; ++i) load->loop_ticked(i, times[i], period);
  }
  /// `count` ticks of that loop, each `late`.
  void ticks(std::size_t loop, int count, std::chrono::milliseconds late) {
    for (int i = 0; i < count; ++i) load->loop_ticked(loop, times[loop] += period + late, period);
  }
  [[nodiscard]] bool refuses() { return load->too_much(times[0]).has_value(); }

  static constexpr std::chrono::milliseconds limit{100};
  std::unique_ptr<node_load> load;
  std::vector<node_load::time> times;
};

struct stretch {
  int ticks;
  std::chrono::milliseconds late;
};
struct history {
  std::string name;
  std::vector<stretch> stretches;
  bool refuses;
};
class NodeLoadAfter : public NodeLoad, public testing::WithParamInterface<history> {};
TEST_P(NodeLoadAfter, RefusesOrNot) {
  loops(1);
  for (const auto& [count, late] : GetParam().stretches) ticks(0, count, late);
  EXPECT_EQ(refuses(), GetParam().refuses) << load->loop_lag_ms() << " ms";
}
INSTANTIATE_TEST_SUITE_P(Histories, NodeLoadAfter,
                         testing::Values(history{"NothingYet", {}, false}, history{"TicksOnTime", {{1000, 0ms}}, false},
                                         history{"TicksBeforeTheirTime", {{1000, -5ms}}, false},
                                         history{"OneStallOfASecond", {{100, 0ms}, {1, 1000ms}}, false},
                                         history{"OneStallOfSixSeconds", {{100, 0ms}, {1, 6000ms}}, false},
                                         history{"AFewTicksFarBeyondTheLimit", {{100, 0ms}, {10, 300ms}}, false},
                                         history{"ALastingLagBelowTheLimit", {{1000, 95ms}}, false},
                                         history{"ALastingLagBeyondTheLimit", {{1000, 105ms}}, true},
                                         history{"AHeavyLagOfAHundredTicks", {{100, 0ms}, {100, 300ms}}, true},
                                         history{"AMomentAfterALastingLag", {{1000, 300ms}, {10, 0ms}}, true},
                                         history{"TwoSecondsAfterALastingLag", {{1000, 300ms}, {200, 0ms}}, false}),
                         [](const auto& row) { return row.param.name; });

TEST_F(NodeLoad, ComesToTheLagThatLastsAndBackToNone) {
  loops(1);
  ticks(0, 1000, 80ms);
  EXPECT_NEAR(load->loop_lag_ms(), 80, 0.1);
  ticks(0, 1000, 0ms);
  EXPECT_NEAR(load->loop_lag_ms(), 0, 0.1);
}

TEST_F(NodeLoad, IsThatOfItsSlowestLoop) {
  loops(3);
  ticks(0, 1000, 10ms);
  ticks(1, 1000, 150ms);
  ticks(2, 1000, 20ms);
  EXPECT_NEAR(load->loop_lag_ms(), 150, 0.1);
  EXPECT_EQ(load->too_much(times[0]), end_reason::node_overloaded);
  ticks(1, 1000, 0ms);
  EXPECT_NEAR(load->loop_lag_ms(), 20, 0.1);
  EXPECT_FALSE(refuses());
}

struct memory_row {
  std::size_t limit, resident;
  bool refuses;
};
TEST(NodeLoadMemory, IsTooMuchBeyondItsLimitOnly) {
  for (const auto& row : {memory_row{0, 900 * mib, false}, memory_row{64 * mib, 64 * mib, false},
                          memory_row{64 * mib, 64 * mib + 1, true}, memory_row{64 * mib, 0, false}}) {
    node_load load({row.limit, 250ms}, 1, [&] { return row.resident; });
    EXPECT_EQ(load.too_much(), row.refuses ? std::optional{end_reason::node_overloaded} : std::nullopt)
        << row.resident << " of " << row.limit;
  }
}

TEST(NodeLoadMemory, IsReadTwiceASecondAtMost) {
  int reads = 0;
  std::size_t resident = 1;
  node_load load({64 * mib, 250ms}, 1, [&] { return ++reads, resident; });
  const node_load::time start{};
  EXPECT_FALSE(load.too_much(start));
  resident = 65 * mib;
  EXPECT_FALSE(load.too_much(start + 499ms));
  EXPECT_EQ(reads, 1);
  EXPECT_TRUE(load.too_much(start + 500ms));
  resident = 1;
  EXPECT_TRUE(load.too_much(start + 999ms));
  EXPECT_FALSE(load.too_much(start + 1000ms)) << "room again";
  EXPECT_EQ(reads, 3);
}

TEST(NodeLoadMemory, IsNotReadWhereThereIsNoLimit) {
  std::size_t reads = 0;
  node_load load({0, 250ms}, 1, [&] { return ++reads; });
  EXPECT_FALSE(load.too_much());
  EXPECT_EQ(reads, 0u);
}

TEST(NodeLoadMemory, IsThatOfThisProcess) {
  const auto before = resident_bytes();
  EXPECT_GT(before, mib);
  const std::vector<char> held(64 * mib, 'x');
  EXPECT_GT(resident_bytes(), before + 48 * mib) << static_cast<int>(held.back());
}

}  // namespace
}  // namespace tonris::actors
