#include "model/vendor/circuit.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace tonris::model {
namespace {

using std::chrono::seconds;
using change = circuit_breakers::change;
using state = circuit_breakers::state;

/// One thing that happens to an agent, and what must come of it.
struct step {
  enum class what : std::uint8_t { fails, succeeds, asked } happens;
  int at;  ///< seconds
  bool admitted = true;
  change is = change::none;
  state then = state::closed;
};
constexpr auto fails = step::what::fails, succeeds = step::what::succeeds, asked = step::what::asked;

struct story {
  const char* name;
  std::vector<step> steps;
};

class CircuitBreaker : public testing::TestWithParam<story> {};
TEST_P(CircuitBreaker, TellsWhenAnAgentMayBeAsked) {
  circuit_breakers all{{3, seconds{60}, seconds{15}, seconds{50}, seconds{10}, 100}};
  const circuit_breakers::key agent{"", {"agent_a"}};
  for (std::size_t i = 0; i < GetParam().steps.size(); ++i) {
    const auto& s = GetParam().steps[i];
    const circuit_breakers::time now{seconds{s.at}};
    switch (s.happens) {
      case fails: EXPECT_EQ(all.failed(agent, now), s.is) << "step " << i; break;
      case succeeds: EXPECT_EQ(all.succeeded(agent), s.is) << "step " << i; break;
      case asked: EXPECT_EQ(all.admits(agent, now), s.admitted) << "step " << i; break;
    }
    EXPECT_EQ(all.state_of(agent, now), s.then) << "step " << i;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Stories, CircuitBreaker,
    testing::Values(story{"StaysClosedWithoutFailures", {{asked, 0}, {succeeds, 0}, {asked, 1000}}},
                    story{"StaysClosedBelowTheNumberOfFailures", {{fails, 0}, {fails, 1}, {asked, 1}}},
                    story{"OpensAtTheNumberOfFailures",
                          {{fails, 0},
                           {fails, 1},
                           {fails, 2, true, change::opened, state::open},
                           {asked, 2, false, {}, state::open}}},
                    story{"StartsAnewAfterASuccess",
                          {{fails, 0}, {fails, 1}, {succeeds, 2}, {fails, 3}, {fails, 4}, {asked, 4}}},
                    story{"CountsOnlyWhatLiesWithinTheWindow", {{fails, 0}, {fails, 50}, {fails, 61}, {asked, 61}}},
                    story{"LetsOneCallProbe",
                          {{fails, 0},
                           {fails, 0},
                           {fails, 0, true, change::opened, state::open},
                           {asked, 14, false, {}, state::open},
                           {asked, 15, true, {}, state::half_open},
                           {asked, 16, false, {}, state::half_open},
                           {succeeds, 17, true, change::closed, state::closed},
                           {asked, 17}}},
                    story{"OpensForLongerEachTimeAProbeFails",
                          {{fails, 0},
                           {fails, 0},
                           {fails, 0, true, change::opened, state::open},
                           {asked, 15, true, {}, state::half_open},
                           {fails, 16, true, change::opened, state::open},
                           {asked, 45, false, {}, state::open},
                           {asked, 46, true, {}, state::half_open},
                           {fails, 47, true, change::opened, state::open},
                           {asked, 96, false, {}, state::open},
                           {asked, 97, true, {}, state::half_open}}},
                    story{"LetsAnotherCallProbeWhenThatOneComesToNothing",
                          {{fails, 0},
                           {fails, 0},
                           {fails, 0, true, change::opened, state::open},
                           {asked, 15, true, {}, state::half_open},
                           {asked, 24, false, {}, state::half_open},
                           {asked, 25, true, {}, state::half_open}}},
                    story{"IsNotOpenedForLongerByCallsThatBeganBefore",
                          {{fails, 0},
                           {fails, 0},
                           {fails, 0, true, change::opened, state::open},
                           {fails, 14, true, {}, state::open},
                           {asked, 15, true, {}, state::half_open}}}),
    [](const auto& row) { return row.param.name; });

TEST(CircuitBreakers, AreOneAnAgentAndVendorKey) {
  circuit_breakers all{{1, seconds{60}, seconds{15}, seconds{15}, seconds{10}, 100}};
  const circuit_breakers::time now{};
  all.failed({"", {"a"}}, now);
  EXPECT_FALSE(all.admits({"", {"a"}}, now));
  EXPECT_TRUE(all.admits({"", {"b"}}, now));
  EXPECT_TRUE(all.admits({"salon-1", {"a"}}, now));
}

TEST(CircuitBreakers, WatchABoundedNumberAndForgetTheHarmlessFirst) {
  circuit_breakers all{{2, seconds{60}, seconds{15}, seconds{15}, seconds{10}, 3}};
  const circuit_breakers::time begin{};
  for (const auto* agent : {"a", "a", "b", "c"}) all.failed({"", {agent}}, begin);
  for (int i = 0; i < 2; ++i) EXPECT_EQ(all.failed({"", {"d"}}, begin + seconds{1}), change::none);
  EXPECT_TRUE(all.admits({"", {"d"}}, begin + seconds{1})) << "there is no room to watch it";
  all.failed({"", {"d"}}, begin + seconds{61});
  EXPECT_EQ(all.failed({"", {"d"}}, begin + seconds{61}), change::opened) << "b and c are forgotten";
  EXPECT_EQ(all.watched(), 2U) << "a is open still";
}

}  // namespace
}  // namespace tonris::model
