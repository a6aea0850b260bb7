#include "config/time_zones.hpp"

#include <gtest/gtest.h>

namespace tonris::config {
namespace {

TEST(TimeZones, AreThoseOfTheSystemsDatabaseToTheLetter) {
  ASSERT_TRUE(has_time_zones()) << "tools/setup installs tzdata";
  for (const auto* zone :
       {"UTC", "Europe/Copenhagen", "America/New_York", "America/Argentina/Buenos_Aires", "Etc/GMT+5"})
    EXPECT_TRUE(is_time_zone(zone)) << zone;
  for (const auto* none : {"", "Europe", "Europe/Kopenhagen", "europe/copenhagen", "America/New York", "zone.tab",
                           "../zoneinfo/UTC", "/usr/share/zoneinfo/UTC", "localtime", "posix/UTC", "Mars/Base"})
    EXPECT_FALSE(is_time_zone(none)) << none;
}

}  // namespace
}  // namespace tonris::config
