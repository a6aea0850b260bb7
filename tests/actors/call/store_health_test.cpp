#include "actors/call/store_health.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "actors/telemetry/metrics.hpp"
#include "tests/actors/telemetry/captured_log.hpp"

namespace tonris::actors {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

std::size_t times(const std::string& text, std::string_view what) {
  std::size_t count = 0;
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
  return count;
}

TEST(StoreHealth, ShowsHowFarItsTimeIsBehind) {
  metrics counters;
  store_health health{counters};
  health.time_is_behind(90min);
  EXPECT_THAT(counters.render(), HasSubstr("\ntonris_store_time_behind_seconds 5400"));
  health.time_is_behind(0s);
  EXPECT_THAT(counters.render(), HasSubstr("\ntonris_store_time_behind_seconds 0"));
}

TEST(StoreHealth, SaysOnceThatItsTimeIsADayBehindAndOnceThatItIsNot) {
  metrics counters;
  store_health health{counters};
  test::captured_log log;
  for (const auto by : {0h, 24h, 30h, 29h, 28h, 24h, 3h, 0h}) health.time_is_behind(by);
  health.time_is_behind(50h);
  const auto said = log.text();
  EXPECT_EQ(times(said, "[WARN]"), 2u) << said;
  EXPECT_THAT(said, HasSubstr("Records are kept 30 h longer than their days"));
  EXPECT_THAT(said, Not(HasSubstr("kept 29 h")));
  EXPECT_EQ(times(said, "Records are kept no more than a day longer"), 1u) << said;
  EXPECT_THAT(said, HasSubstr("Records are kept 50 h longer")) << "once more when it begins anew";
}

}  // namespace
}  // namespace tonris::actors
