#include "model/tenant/routing.hpp"

#include <cstdio>
#include <map>
#include <string>

#include <gtest/gtest.h>

namespace tonris::model {
namespace {

call_sid sid(unsigned n) {
  char text[35];
  std::snprintf(text, sizeof text, "CA%032x", n * 2654435761U);
  return {text};
}

tenant salon() {
  tenant t;
  t.id.value = "salon-1";
  return t;
}

TEST(Routing, TakesTheTenantsAgentElseTheGatewaysElseNone) {
  auto t = salon();
  EXPECT_EQ(choose_agent(t, sid(1), {}).value, "");
  EXPECT_EQ(choose_agent(t, sid(1), {"fallback"}).value, "fallback");
  t.agent.value = "own";
  EXPECT_EQ(choose_agent(t, sid(1), {"fallback"}).value, "own");
}

TEST(Routing, PrefersTheWeightedListToTheSingleAgent) {
  auto t = salon();
  t.agent.value = "own";
  t.agents = {{{"only"}, 1}};
  EXPECT_EQ(choose_agent(t, sid(1), {}).value, "only");
  t.agents = {{{"never"}, 0}};
  EXPECT_EQ(choose_agent(t, sid(1), {}).value, "own");
}

TEST(Routing, GivesTheSameCallTheSameAgentOnEveryMachine) {
  auto t = salon();
  t.agents = {{{"a"}, 1}, {{"b"}, 1}, {{"c"}, 1}, {{"d"}, 1}, {{"e"}, 1}, {{"f"}, 1}, {{"g"}, 1}};
  // FNV-1a of these texts by the published algorithm, modulo 7: must never change between versions.
  EXPECT_EQ(choose_agent(t, {"CA00000000000000000000000000000001"}, {}).value, "f");
  EXPECT_EQ(choose_agent(t, {"CAffffffffffffffffffffffffffffffff"}, {}).value, "f");
  EXPECT_EQ(choose_agent(t, {""}, {}).value, "c");
}

TEST(Routing, SharesCallsByWeight) {
  auto t = salon();
  t.agents = {{{"a"}, 80}, {{"b"}, 0}, {{"c"}, 20}};
  std::map<std::string, int> count;
  constexpr int calls = 20'000;
  for (unsigned n = 0; n < calls; ++n) ++count[choose_agent(t, sid(n), {}).value];
  EXPECT_EQ(count["b"], 0);
  EXPECT_NEAR(count["a"], calls * 0.8, calls * 0.02);
  EXPECT_EQ(count["a"] + count["c"], calls);
}

}  // namespace
}  // namespace tonris::model
