#include "model/outbound/quiet_hours.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>

#include "model/json/lookup.hpp"
#include "model/outbound/called_zones_text.hpp"
#include "model/tenant/hours.hpp"

namespace tonris::model {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

const tenant::outbound_type::quiet_type night{"21:00", "08:00"};

std::chrono::system_clock::time_point utc(int hour, int minute) {
  using namespace std::chrono;
  return sys_days{year{2026} / 11 / 24} + hours{hour} + minutes{minute};
}

TEST(QuietHours, GoOverMidnightWhereTheyEndBeforeTheyBegin) {
  for (const auto* time : {"21:00", "23:59", "00:00", "07:59"}) EXPECT_TRUE(is_within(night, time)) << time;
  for (const auto* time : {"08:00", "12:00", "20:59"}) EXPECT_FALSE(is_within(night, time)) << time;
  const tenant::outbound_type::quiet_type noon{"12:00", "13:00"}, rest{"20:00", "24:00"};
  EXPECT_TRUE(is_within(noon, "12:59"));
  EXPECT_FALSE(is_within(noon, "13:00"));
  EXPECT_TRUE(is_within(rest, "23:59"));
  EXPECT_FALSE(is_within(rest, "00:00"));
}

TEST(QuietHours, AreThoseOfThePhoneThatRings) {
  EXPECT_THAT(zones_of("+4570123456"), ElementsAre("Europe/Copenhagen"));
  EXPECT_EQ(quiet_at(night, "+4570123456", utc(6, 59)), quiet_state::quiet) << "07:59 in Denmark";
  EXPECT_EQ(quiet_at(night, "+4570123456", utc(7, 0)), quiet_state::loud);
  EXPECT_EQ(quiet_at(night, "+4570123456", utc(19, 59)), quiet_state::loud);
  EXPECT_EQ(quiet_at(night, "+4570123456", utc(20, 0)), quiet_state::quiet);
}

TEST(QuietHours, AreThoseOfEveryZoneOfACountryThatHasSeveral) {
  const auto zones = zones_of("+12125550123");
  EXPECT_THAT(zones, Contains("America/New_York"));
  EXPECT_THAT(zones, Contains("Pacific/Honolulu"));
  EXPECT_EQ(quiet_at(night, "+12125550123", utc(14, 0)), quiet_state::quiet) << "it is 4 in the morning in Honolulu";
  EXPECT_EQ(quiet_at(night, "+12125550123", utc(20, 0)), quiet_state::loud) << "10 in Honolulu, 15 in New York";
  EXPECT_EQ(quiet_at(night, "+12125550123", utc(2, 30)), quiet_state::quiet) << "21:30 in New York";
}

TEST(QuietHours, AreAllThatShareTheCodeOfANumberThatNoTableKnows) {
  const auto zones = zones_of("+19995550123");
  EXPECT_THAT(zones, Contains("America/New_York"));
  EXPECT_THAT(zones, Contains("America/Toronto"));
  EXPECT_THAT(zones, Contains("America/Jamaica"));
}

TEST(QuietHours, KnowNoZoneOfWhatIsInNoCountry) {
  for (const auto* number : {"+80012345678", "+88216123456", "+9991234567"}) {
    EXPECT_THAT(zones_of(number), IsEmpty()) << number;
    EXPECT_EQ(quiet_at(night, number, utc(12, 0)), quiet_state::zone_unknown) << number;
  }
}

TEST(QuietHours, HaveAFileOfZonesThatTheSystemKnows) {
  rapidjson::Document file;
  file.Parse(called_zones_json.data(), called_zones_json.size());
  ASSERT_TRUE(file.IsObject());
  EXPECT_GT(file.MemberCount(), 240U);
  for (const auto& country : file.GetObject()) {
    ASSERT_EQ(country.name.GetStringLength(), 2U);
    ASSERT_TRUE(country.value.IsArray() && !country.value.Empty()) << text_of(country.name);
    for (const auto& zone : country.value.GetArray()) {
      ASSERT_TRUE(zone.IsString());
      EXPECT_TRUE(wall_time_at(std::string{text_of(zone)}, utc(12, 0))) << text_of(zone);
    }
  }
}

}  // namespace
}  // namespace tonris::model
