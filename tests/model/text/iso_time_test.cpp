#include "model/text/iso_time.hpp"

#include <gtest/gtest.h>

namespace tonris::model {
namespace {

using time = std::chrono::system_clock::time_point;

time at(std::int64_t ms) {
  return time{std::chrono::milliseconds{ms}};
}

TEST(IsoTime, ComesBackFromItsText) {
  for (const std::int64_t ms : {0L, 1L, 999L, 1000L, 951782400000L, 1795341600123L, 9214646399999L})
    EXPECT_EQ(parse_iso_time(iso_time(at(ms))), at(ms)) << iso_time(at(ms));
}

TEST(IsoTime, CutsOffWhatIsBelowAMillisecond) {
  EXPECT_EQ(iso_time(at(5) + std::chrono::microseconds{999}), "1970-01-01T00:00:00.005Z");
  EXPECT_EQ(iso_time(at(0) - std::chrono::microseconds{1}), "1969-12-31T23:59:59.999Z");
}

TEST(IsoTime, RefusesEverythingThatItDoesNotWrite) {
  for (const auto* text :
       {"", "2026", "2026-11-22T10:00:00Z", "2026-11-22T10:00:00.000", "2026-11-22 10:00:00.000Z",
        "2026-11-22T10:00:00.000+", "2026-13-01T00:00:00.000Z", "2026-02-29T00:00:00.000Z", "2026-00-01T00:00:00.000Z",
        "2026-01-00T00:00:00.000Z", "2026-01-01T24:00:00.000Z", "2026-01-01T00:60:00.000Z", "2026-01-01T00:00:60.000Z",
        "1969-12-31T23:59:59.999Z", "2262-01-01T00:00:00.000Z", "-026-01-01T00:00:00.000Z", "2026-01-01T00:00:00.-00Z",
        "2026-01-01T00:00:00.000Z "})
    EXPECT_FALSE(parse_iso_time(text)) << text;
}

}  // namespace
}  // namespace tonris::model
