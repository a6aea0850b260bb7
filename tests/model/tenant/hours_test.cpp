#include "model/tenant/hours.hpp"

#include <chrono>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/text/iso_time.hpp"

namespace tonris::model {
namespace {

using testing::HasSubstr;

std::chrono::system_clock::time_point utc(int year, unsigned month, unsigned day, int hour, int minute) {
  using namespace std::chrono;
  return sys_days{std::chrono::year{year} / month / day} + hours{hour} + minutes{minute};
}

tenant::business_hours_type salon(const std::string& zone) {
  tenant::business_hours_type hours;
  hours.timezone = zone;
  for (const auto* day : {"monday", "tuesday", "wednesday", "thursday", "friday"})
    hours.days[day] = {{"09:00", "12:00"}, {"13:00", "17:00"}};
  return hours;
}

tenant::business_hours_type bar(const std::string& zone) {
  tenant::business_hours_type hours;
  hours.timezone = zone;
  for (const auto* day : {"friday", "saturday"}) hours.days[day] = {{"20:00", "02:30"}};
  return hours;
}

struct moment {
  std::string name;
  tenant::business_hours_type hours;
  std::chrono::system_clock::time_point at;
  bool open;
};

class BusinessHours : public testing::TestWithParam<moment> {};
TEST_P(BusinessHours, AreThoseOfTheClockOnTheWall) {
  const auto state = opening_at(GetParam().hours, GetParam().at);
  EXPECT_EQ(state.open, GetParam().open) << state.why;
  EXPECT_FALSE(state.why.empty());
}

const auto new_york = salon("America/New_York");  // -5, in summer -4

INSTANTIATE_TEST_SUITE_P(
    OfADay, BusinessHours,
    testing::Values(moment{"BeforeTheyOpen", new_york, utc(2026, 11, 24, 13, 59), false},
                    moment{"WhenTheyOpen", new_york, utc(2026, 11, 24, 14, 0), true},
                    moment{"TheLastMinuteOfTheMorning", new_york, utc(2026, 11, 24, 16, 59), true},
                    moment{"AtNoon", new_york, utc(2026, 11, 24, 17, 0), false},
                    moment{"InTheAfternoon", new_york, utc(2026, 11, 24, 18, 0), true},
                    moment{"InTheEvening", new_york, utc(2026, 11, 24, 22, 0), false},
                    moment{"OnAMissingDay", new_york, utc(2026, 11, 28, 15, 0), false},
                    moment{"OnTheLocalDayNotThatOfUtc", salon("Pacific/Auckland"), utc(2026, 11, 22, 20, 30), true},
                    moment{"OnTheLocalSundayNotTheMondayOfUtc", salon("America/Los_Angeles"), utc(2026, 11, 23, 1, 30),
                           false},
                    moment{"InAZoneOfHalfHours", salon("Asia/Kolkata"), utc(2026, 11, 24, 3, 30), true},
                    moment{"JustBeforeInAZoneOfHalfHours", salon("Asia/Kolkata"), utc(2026, 11, 24, 3, 29), false}),
    [](const auto& row) { return row.param.name; });

INSTANTIATE_TEST_SUITE_P(OverMidnight, BusinessHours,
                         testing::Values(moment{"FridayEvening", bar("UTC"), utc(2026, 11, 27, 20, 0), true},
                                         moment{"FridayBeforeTheyOpen", bar("UTC"), utc(2026, 11, 27, 1, 0), false},
                                         moment{"SaturdayBeforeTheyClose", bar("UTC"), utc(2026, 11, 28, 2, 29), true},
                                         moment{"SaturdayMorning", bar("UTC"), utc(2026, 11, 28, 2, 30), false},
                                         moment{"SundayBeforeTheyClose", bar("UTC"), utc(2026, 11, 29, 2, 0), true},
                                         moment{"SundayEvening", bar("UTC"), utc(2026, 11, 29, 21, 0), false},
                                         moment{"MondayNight", bar("UTC"), utc(2026, 11, 30, 1, 0), false}),
                         [](const auto& row) { return row.param.name; });

// Berlin: summer ends 2026-10-25 03:00 (+2) -> 02:00 (+1), begins 2026-03-29 02:00 (+1) -> 03:00 (+2).
// New York: 2026-11-01 02:00 (-4) -> 01:00 (-5), 2026-03-08 02:00 (-5) -> 03:00 (-4).
// Lord Howe: half an hour, 2026-04-05 02:00 (+11) -> 01:30 (+10:30).
tenant::business_hours_type night(const std::string& zone, const std::string& day, const std::string& from,
                                  const std::string& to) {
  return {zone, {{day, {{from, to}}}}, {}, {}};
}
INSTANTIATE_TEST_SUITE_P(
    WhenTheClockChanges, BusinessHours,
    testing::Values(
        moment{"TheHourThatComesTwiceTheFirstTime", night("Europe/Berlin", "sunday", "02:00", "03:00"),
               utc(2026, 10, 25, 0, 30), true},
        moment{"TheHourThatComesTwiceTheSecondTime", night("Europe/Berlin", "sunday", "02:00", "03:00"),
               utc(2026, 10, 25, 1, 30), true},
        moment{"AfterIt", night("Europe/Berlin", "sunday", "02:00", "03:00"), utc(2026, 10, 25, 2, 0), false},
        moment{"BeforeTheHourThatNeverComes", night("Europe/Berlin", "sunday", "02:00", "03:00"),
               utc(2026, 3, 29, 0, 59), false},
        moment{"AfterTheHourThatNeverComes", night("Europe/Berlin", "sunday", "02:00", "03:00"), utc(2026, 3, 29, 1, 0),
               false},
        moment{"AcrossTheHourThatNeverComes", night("Europe/Berlin", "saturday", "22:00", "04:00"),
               utc(2026, 3, 29, 1, 59), true},
        moment{"ClosedAfterAShorterNight", night("Europe/Berlin", "saturday", "22:00", "04:00"), utc(2026, 3, 29, 2, 0),
               false},
        moment{"NewYorkTheSecondTime", night("America/New_York", "sunday", "01:00", "02:00"), utc(2026, 11, 1, 6, 59),
               true},
        moment{"NewYorkAfterIt", night("America/New_York", "sunday", "01:00", "02:00"), utc(2026, 11, 1, 7, 0), false},
        moment{"NewYorkTheMorningAfter", night("America/New_York", "sunday", "09:00", "10:00"), utc(2026, 11, 1, 14, 0),
               true},
        moment{"NewYorkTheMorningBefore", night("America/New_York", "saturday", "09:00", "10:00"),
               utc(2026, 10, 31, 13, 0), true},
        moment{"LordHoweTheSecondTime", night("Australia/Lord_Howe", "sunday", "01:30", "02:00"),
               utc(2026, 4, 4, 15, 15), true},
        moment{"LordHoweAfterIt", night("Australia/Lord_Howe", "sunday", "01:30", "02:00"), utc(2026, 4, 4, 15, 30),
               false}),
    [](const auto& row) { return row.param.name; });

tenant::business_hours_type with_holidays() {
  auto hours = bar("UTC");
  hours.days["thursday"] = {{"09:00", "17:00"}};
  hours.holidays = {{"2026-12-24", {{"09:00", "12:00"}}}, {"2026-12-25", {}}, {"2026-12-31", {{"20:00", "04:00"}}}};
  return hours;
}
INSTANTIATE_TEST_SUITE_P(
    OfAHoliday, BusinessHours,
    testing::Values(moment{"WithHoursOfItsOwn", with_holidays(), utc(2026, 12, 24, 11, 0), true},
                    moment{"WithHoursOfItsOwnNotThoseOfTheWeekday", with_holidays(), utc(2026, 12, 24, 13, 0), false},
                    moment{"ClosedAllDay", with_holidays(), utc(2026, 12, 25, 21, 0), false},
                    moment{"WhoseEveningDoesNotGoOnWhereItWasClosed", with_holidays(), utc(2026, 12, 26, 1, 0), false},
                    moment{"WhoseEveningGoesOnOverMidnight", with_holidays(), utc(2027, 1, 1, 3, 59), true}),
    [](const auto& row) { return row.param.name; });

TEST(BusinessHoursOverAYear, AreOpenAsLongAsTheirSpansTell) {
  // A whole year, minute by minute, in zones whose clocks change in different ways.
  for (const auto* zone : {"UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"}) {
    auto hours = night(zone, "wednesday", "22:00", "01:00");  // no clock changes on a Wednesday or Thursday
    int open = 0;
    for (auto at = utc(2026, 1, 1, 12, 0); at < utc(2026, 12, 31, 12, 0); at += std::chrono::minutes{5})
      open += opening_at(hours, at).open ? 5 : 0;
    EXPECT_EQ(open, 52 * 180) << zone;  // 52 Wednesdays between the two
  }
}

TEST(BusinessHoursInWords, TellTheTimeThereAndTheHours) {
  EXPECT_EQ(opening_at(new_york, utc(2026, 11, 24, 23, 5)).why,
            "it is Tuesday 18:05 in America/New_York, open 09:00-12:00 and 13:00-17:00");
  EXPECT_EQ(opening_at(new_york, utc(2026, 11, 24, 14, 5)).why,
            "it is Tuesday 09:05 in America/New_York, open 09:00-12:00");
  EXPECT_EQ(opening_at(new_york, utc(2026, 11, 28, 15, 0)).why,
            "it is Saturday 10:00 in America/New_York, closed that day");
  EXPECT_EQ(opening_at(with_holidays(), utc(2026, 12, 25, 21, 0)).why,
            "it is Friday 21:00 in UTC, a holiday (2026-12-25), closed that day");
}

TEST(BusinessHoursInNoZone, CloseNothing) {
  const auto state = opening_at(salon("Europe/Atlantis"), utc(2026, 11, 24, 23, 5));
  EXPECT_TRUE(state.open);
  EXPECT_THAT(state.why, HasSubstr("Europe/Atlantis"));
}

// --- what a caller asks

std::string told(const std::optional<wall_time>& at) {
  return at ? at->weekday + " " + at->date + " " + at->time : "never";
}

struct asked_row {
  std::string name;
  tenant::business_hours_type hours;
  std::chrono::system_clock::time_point at;
  bool open;
  std::string closes, next;
};

tenant::business_hours_type with_holidays(tenant::business_hours_type hours, std::vector<tenant::holiday> holidays) {
  hours.holidays = std::move(holidays);
  return hours;
}

tenant::business_hours_type every_day(std::vector<tenant::opening> spans) {
  tenant::business_hours_type hours;
  hours.timezone = "UTC";
  for (const auto* day : {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"})
    hours.days[day] = spans;
  return hours;
}

tenant::business_hours_type never() {
  tenant::business_hours_type hours;
  hours.timezone = "UTC";
  return hours;
}

class OpeningTimes : public testing::TestWithParam<asked_row> {};
TEST_P(OpeningTimes, TellUntilWhenAndWhenAgain) {
  const auto times = opening_times_at(GetParam().hours, GetParam().at);
  ASSERT_TRUE(times);
  EXPECT_EQ(times->open, GetParam().open);
  EXPECT_EQ(told(times->closes), GetParam().closes);
  EXPECT_EQ(told(times->next_opening), GetParam().next);
}

INSTANTIATE_TEST_SUITE_P(
    Asked, OpeningTimes,
    testing::Values(
        asked_row{"InTheMorning", new_york, utc(2026, 11, 24, 15, 0), true, "Tuesday 2026-11-24 12:00",
                  "Tuesday 2026-11-24 13:00"},
        asked_row{"AtNoon", new_york, utc(2026, 11, 24, 17, 0), false, "never", "Tuesday 2026-11-24 13:00"},
        asked_row{"TheMinuteTheyOpen", new_york, utc(2026, 11, 24, 18, 0), true, "Tuesday 2026-11-24 17:00",
                  "Wednesday 2026-11-25 09:00"},
        asked_row{"OnFridayEvening", new_york, utc(2026, 11, 27, 23, 0), false, "never", "Monday 2026-11-30 09:00"},
        asked_row{"BeforeAHoliday", with_holidays(new_york, {{"2026-11-25", {}}, {"2026-11-26", {{"10:00", "11:00"}}}}),
                  utc(2026, 11, 24, 23, 0), false, "never", "Thursday 2026-11-26 10:00"},
        asked_row{"PastMidnight", bar("UTC"), utc(2026, 11, 28, 1, 0), true, "Saturday 2026-11-28 02:30",
                  "Saturday 2026-11-28 20:00"},
        asked_row{"TheLastNight", bar("UTC"), utc(2026, 11, 28, 23, 0), true, "Sunday 2026-11-29 02:30",
                  "Friday 2026-12-04 20:00"},
        asked_row{"UntilMidnight", every_day({{"10:00", "24:00"}}), utc(2026, 11, 28, 23, 0), true,
                  "Sunday 2026-11-29 00:00", "Sunday 2026-11-29 10:00"},
        asked_row{"SpansThatTouch", every_day({{"22:00", "24:00"}, {"00:00", "02:00"}}), utc(2026, 11, 28, 23, 0), true,
                  "Sunday 2026-11-29 02:00", "Sunday 2026-11-29 22:00"},
        asked_row{"AlwaysOpen", every_day({{"00:00", "24:00"}}), utc(2026, 11, 28, 23, 0), true, "never", "never"},
        asked_row{"AlwaysOpenButForADay", with_holidays(every_day({{"00:00", "24:00"}}), {{"2026-11-30", {}}}),
                  utc(2026, 11, 28, 23, 0), true, "Monday 2026-11-30 00:00", "Tuesday 2026-12-01 00:00"},
        asked_row{"NeverOpen", never(), utc(2026, 11, 28, 23, 0), false, "never", "never"},
        asked_row{"OpenOnOneDateOnly", with_holidays(never(), {{"2027-03-01", {{"09:00", "10:00"}}}}),
                  utc(2026, 11, 28, 23, 0), false, "never", "Monday 2027-03-01 09:00"}),
    [](const auto& row) { return row.param.name; });

TEST(OpeningTimes, AreUnknownInAZoneThatIsNone) {
  EXPECT_FALSE(opening_times_at(salon("Nowhere/Land"), utc(2026, 11, 24, 15, 0)));
  EXPECT_FALSE(wall_time_at("Nowhere/Land", utc(2026, 11, 24, 15, 0)));
}

TEST(WallTime, IsThatOfTheZone) {
  EXPECT_EQ(wall_time_at("America/New_York", utc(2026, 11, 24, 3, 5)), (wall_time{"2026-11-23", "Monday", "22:05"}));
}

}  // namespace
}  // namespace tonris::model
