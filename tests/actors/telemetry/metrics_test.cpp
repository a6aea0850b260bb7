#include "actors/telemetry/metrics.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "actors/telemetry/metric.hpp"

namespace tonris::actors {
namespace {

enum class colour : std::uint8_t { red, green };

TEST(Metrics, AreTheSameWhoeverDeclaresTheirName) {
  metrics registry;
  const counter here{registry, "seen_total", "What was seen"}, there{registry, "seen_total", "What was seen"};
  here();
  there(2);
  EXPECT_NE(registry.render().find("# HELP seen_total What was seen\n# TYPE seen_total counter\nseen_total 3\n"),
            std::string::npos);
}

TEST(Metrics, OfAnEnumerationAreAllThereFromTheStart) {
  metrics registry;
  const counters_by<colour> seen{registry, "seen_total", "What was seen", "colour", {"red", "green"}};
  EXPECT_NE(registry.render().find(R"(seen_total{colour="green"} 0)"), std::string::npos);
  seen(colour::green);
  const auto text = registry.render();
  EXPECT_NE(text.find(R"(seen_total{colour="green"} 1)"), std::string::npos) << text;
  EXPECT_NE(text.find(R"(seen_total{colour="red"} 0)"), std::string::npos) << text;
}

TEST(Metrics, OfNamesNobodyListsAppearWhenTheyAreCounted) {
  metrics registry;
  const counters_named crashed{registry, "some_crashes_total", "Crashes", "actor"};
  EXPECT_EQ(registry.render().find("some_crashes_total{"), std::string::npos);
  crashed("leg");
  crashed("leg");
  EXPECT_NE(registry.render().find(R"(some_crashes_total{actor="leg"} 2)"), std::string::npos);
}

TEST(Metrics, OfWhatStrangersBringAreBounded) {
  metrics registry;
  const bounded_counters seen{registry, "seen_total", "What was seen", "tenant", 2, "reason"};
  for (const auto* tenant : {"a", "b", "c", "d", "a"}) seen(tenant, "busy");
  const auto text = registry.render();
  EXPECT_NE(text.find(R"(seen_total{reason="busy",tenant="a"} 2)"), std::string::npos) << text;
  EXPECT_NE(text.find(R"(seen_total{reason="busy",tenant="b"} 1)"), std::string::npos) << text;
  EXPECT_NE(text.find(R"(seen_total{reason="busy",tenant="other"} 2)"), std::string::npos) << text;
}

TEST(Metrics, OfPairsThatStrangersBringAreBoundedTogether) {
  metrics registry;
  const bounded_pairs seen{registry, "seen_total", "What was seen", "tenant", "variant", 2};
  seen("a", "x");
  seen("a", "y");
  seen("a", "z");
  seen("b", "x");
  seen("a", "y");
  const auto text = registry.render();
  EXPECT_NE(text.find(R"(seen_total{tenant="a",variant="x"} 1)"), std::string::npos) << text;
  EXPECT_NE(text.find(R"(seen_total{tenant="a",variant="y"} 2)"), std::string::npos) << text;
  EXPECT_NE(text.find(R"(seen_total{tenant="other",variant="other"} 2)"), std::string::npos) << text;
}

TEST(Metrics, CountedElsewhereRiseToWhatTheyAreByNow) {
  metrics registry;
  const counter errors{registry, "errors_total", "Errors"};
  errors.rise_to(3);
  errors.rise_to(5);
  EXPECT_NE(registry.render().find("errors_total 5\n"), std::string::npos);
}

TEST(Metrics, OfTheMomentRiseAndFall) {
  metrics registry;
  const gauge live{registry, "live", "Calls now"};
  live.set(std::size_t{7});
  live.set(2.5);
  EXPECT_NE(registry.render().find("live 2.5\n"), std::string::npos);
}

struct some_room {
  explicit some_room(metrics& in) : seen(in, "seen_total", "What was seen") {}
  counter seen;
};
struct other_room {
  explicit other_room(metrics& in) : heard(in, "heard_total", "What was heard") {}
  counter heard;
};

TEST(Metrics, OfARoomAreMadeOnceAPlace) {
  metrics here, there;
  here.of<some_room>().seen();
  here.of<some_room>().seen();
  here.of<other_room>().heard();
  EXPECT_EQ(&here.of<some_room>(), &here.of<some_room>());
  EXPECT_NE(&here.of<some_room>(), &there.of<some_room>());
  EXPECT_NE(here.render().find("seen_total 2\n"), std::string::npos);
  EXPECT_NE(there.render().find("seen_total 0\n"), std::string::npos);
}

}  // namespace
}  // namespace tonris::actors
