#include "tools/bench/flow_check.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tonris::bench {
namespace {

struct row {
  std::string name;
  std::vector<std::uint32_t> arrivals;
  std::uint64_t sent, missing, late, twice;
};

class BenchFlowCheck : public testing::TestWithParam<row> {};

TEST_P(BenchFlowCheck, CountsWhatHappened) {
  flow_check check;
  for (const auto n : GetParam().arrivals) check.arrived(n);
  EXPECT_EQ(check.missing(GetParam().sent), GetParam().missing);
  EXPECT_EQ(check.late(), GetParam().late);
  EXPECT_EQ(check.twice(), GetParam().twice);
}

INSTANTIATE_TEST_SUITE_P(
    Flows, BenchFlowCheck,
    testing::Values(row{"NothingSent", {}, 0, 0, 0, 0}, row{"AllLost", {}, 5, 5, 0, 0},
                    row{"InOrder", {0, 1, 2, 3}, 4, 0, 0, 0}, row{"FirstLost", {1, 2}, 3, 1, 0, 0},
                    row{"TailLost", {0, 1}, 4, 2, 0, 0}, row{"HoleInTheMiddle", {0, 1, 4}, 5, 2, 0, 0},
                    row{"Overtaken", {0, 2, 1, 3}, 4, 0, 1, 0}, row{"DoubledAtOnce", {0, 0, 1}, 2, 0, 0, 1},
                    row{"DoubledLater", {0, 1, 2, 0}, 3, 0, 0, 1}, row{"LateAndThenDoubled", {0, 2, 1, 1}, 3, 0, 1, 1},
                    row{"GapWiderThanMemory", {0, 100, 50}, 101, 98, 1, 0},
                    row{"GapOfExactlyTheMemory", {0, 64, 0}, 65, 62, 1, 0}),
    [](const auto& each) { return each.param.name; });

TEST(BenchFlowCheckVerdict, SaysHowEachFrameCame) {
  flow_check check;
  EXPECT_EQ(check.arrived(0), flow_check::verdict::in_order);
  EXPECT_EQ(check.arrived(2), flow_check::verdict::after_gap);
  EXPECT_EQ(check.arrived(1), flow_check::verdict::late);
  EXPECT_EQ(check.arrived(1), flow_check::verdict::twice);
}

}  // namespace
}  // namespace tonris::bench
