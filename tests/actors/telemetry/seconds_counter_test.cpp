#include "actors/telemetry/seconds_counter.hpp"

#include <gtest/gtest.h>

#include <string>

#include "actors/telemetry/metrics.hpp"

namespace tonris::actors {
namespace {

TEST(SecondsCounter, RisesByFractionsAndNeverFalls) {
  metrics registry;
  const seconds_counter worked{registry, "worked_seconds_total", "Work"};
  worked.rise_to(1.25);
  worked.rise_to(2.5);
  worked.rise_to(2.25);
  EXPECT_NE(registry.render().find("# TYPE worked_seconds_total counter\nworked_seconds_total 2.5\n"),
            std::string::npos);
}

}  // namespace
}  // namespace tonris::actors
