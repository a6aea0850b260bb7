#include "model/usage_report/local_day.hpp"

#include <gtest/gtest.h>

#include "model/text/iso_time.hpp"

namespace tonris::model {
namespace {

using namespace std::chrono_literals;

std::chrono::system_clock::time_point at(const std::string& time) {
  return parse_iso_time(time).value();
}

TEST(LocalDay, IsTheOneOfItsZone) {
  for (const auto& [zone, time, day] : std::initializer_list<std::tuple<std::string, std::string, std::string>>{
           {"", "2026-11-30T23:59:59.999Z", "2026-11-30"},
           {"UTC", "2026-12-01T00:00:00.000Z", "2026-12-01"},
           {"Europe/Copenhagen", "2026-11-30T22:59:59.999Z", "2026-11-30"},
           {"Europe/Copenhagen", "2026-11-30T23:00:00.000Z", "2026-12-01"},
           {"Europe/Copenhagen", "2026-07-31T21:59:59.999Z", "2026-07-31"},
           {"Europe/Copenhagen", "2026-07-31T22:00:00.000Z", "2026-08-01"},
           {"America/New_York", "2026-12-01T04:59:59.999Z", "2026-11-30"},
           {"America/New_York", "2026-12-01T05:00:00.000Z", "2026-12-01"},
           {"Asia/Kolkata", "2026-11-30T18:29:59.999Z", "2026-11-30"},
           {"Asia/Kolkata", "2026-11-30T18:30:00.000Z", "2026-12-01"},
           {"Pacific/Kiritimati", "2026-11-30T10:00:00.000Z", "2026-12-01"},
           {"America/New_York", "2024-03-01T04:59:59.999Z", "2024-02-29"}}) {
    const auto is = local_day_at(zone, at(time));
    ASSERT_TRUE(is) << zone;
    EXPECT_EQ(to_string(*is), day) << zone << " " << time;
    EXPECT_EQ(parse_local_day(day), is);
  }
}

TEST(LocalDay, IsNoneOfAZoneThatNobodyKnows) {
  for (const auto* zone : {"Europe/Atlantis", "../../etc/passwd", "utc", "+01:00"}) {
    EXPECT_FALSE(local_day_at(zone, at("2026-11-30T00:00:00.000Z"))) << zone;
    EXPECT_FALSE(span_of(*parse_local_day("2026-11-30"), zone)) << zone;
  }
}

TEST(LocalDay, RefusesTextsThatAreNone) {
  for (const auto* text :
       {"", "2026-02-30", "2026-13-01", "2026-1-1", "20261122", "2026-11-22T", "1969-12-31", "2262-01-01"})
    EXPECT_FALSE(parse_local_day(text)) << text;
}

struct span_row {
  std::string zone, day, from;
  std::chrono::hours length;
};

TEST(LocalDay, HasTheHoursThatItsClockShows) {
  for (const auto& row : std::vector<span_row>{
           {"", "2026-11-30", "2026-11-30T00:00:00.000Z", 24h},
           {"Europe/Copenhagen", "2026-03-28", "2026-03-27T23:00:00.000Z", 24h},
           {"Europe/Copenhagen", "2026-03-29", "2026-03-28T23:00:00.000Z", 23h},
           {"Europe/Copenhagen", "2026-03-30", "2026-03-29T22:00:00.000Z", 24h},
           {"Europe/Copenhagen", "2026-10-25", "2026-10-24T22:00:00.000Z", 25h},
           {"America/New_York", "2026-11-01", "2026-11-01T04:00:00.000Z", 25h},
           {"America/Santiago", "2026-09-06", "2026-09-06T04:00:00.000Z", 23h},   // its clock skips midnight
           {"America/Havana", "2026-11-01", "2026-11-01T04:00:00.000Z", 25h}}) {  // its clock shows it twice
    const auto span = span_of(*parse_local_day(row.day), row.zone);
    ASSERT_TRUE(span) << row.zone;
    EXPECT_EQ(iso_time(span->from), row.from) << row.zone << " " << row.day;
    EXPECT_EQ(span->to - span->from, row.length) << row.zone << " " << row.day;
  }
}

TEST(LocalDay, BeginsWhereTheOneBeforeItEnds) {
  for (const auto* zone :
       {"", "Europe/Copenhagen", "America/New_York", "America/Santiago", "America/Havana", "Australia/Lord_Howe"}) {
    auto day = *parse_local_day("2026-01-01");
    for (int n = 0; n < 400; ++n) {
      const auto span = span_of(day, zone).value();
      EXPECT_EQ(local_day_at(zone, span.from), day) << zone << " " << to_string(day);
      EXPECT_EQ(local_day_at(zone, span.to - 1ms), day) << zone << " " << to_string(day);
      day.date += std::chrono::days{1};
      EXPECT_EQ(local_day_at(zone, span.to), day) << zone << " " << to_string(day);
    }
  }
}

}  // namespace
}  // namespace tonris::model
