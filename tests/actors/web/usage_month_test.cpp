/// Usage around the end of a month, in zones where it ends at different moments: from the store's file to the API.
#include <rapidjson/document.h>

#include <chrono>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "actors/store/database.hpp"
#include "model/text/iso_time.hpp"
#include "tests/actors/store/a_directory.hpp"
#include "tests/actors/web/front_fixture.hpp"

namespace tonris::actors::test {
namespace {

using namespace std::chrono_literals;

struct sums {
  std::uint64_t calls = 0;
  std::int64_t seconds = 0;
  model::micros cost = 0;
  bool operator==(const sums&) const = default;
};

sums operator+(const sums& a, const sums& b) {
  return {a.calls + b.calls, a.seconds + b.seconds, a.cost + b.cost};
}

class UsageOfAMonth : public FrontTest {
 protected:
  void SetUp() override {
    FrontTest::SetUp();
    auto opened = call_database::open(folder.data());
    ASSERT_TRUE(opened) << opened.error().line;
    db.emplace(std::move(*opened));
    auto doors = front_config();
    doors.store = track_as<call_store>(system.spawn([this](caf::event_based_actor*) -> caf::behavior {
      return {[this](const read_usage& m) { return usage_read{db->usage_of(m.wanted).value()}; }};
    }));
    open_doors(std::move(doors));
  }
  /// A call each 10 min from the 30th of October, 2026, to the 3rd of November: all zones' months end in between, and
  /// New York's clock is set back on the 1st. One in three lasts beyond the next one's start.
  std::vector<model::call_record> calls_around_the_first() {
    std::vector<model::call_record> all;
    const auto from = model::parse_iso_time("2026-10-30T00:00:00.000Z").value();
    for (auto at = from; at < from + std::chrono::days{4}; at += 10min) {
      auto& one = all.emplace_back();
      const auto number = std::to_string(all.size());
      one.call = {"CA" + std::string(32 - number.size(), '0') + number};
      one.tenant = {"salon-1"};
      one.state = model::call_state::ended;
      one.started = at;
      one.metered_seconds = all.size() % 3 == 0 ? 1'500 : 61;
      one.ended = at + std::chrono::seconds{one.metered_seconds};
      one.reason = model::end_reason::caller_hung_up;
      one.cost.twilio = model::cost_part{{8'501, model::us_dollars}, true, model::cost_source::vendor, at};
    }
    journal_batch batch;
    for (const auto& one : all) batch.records.push_back({one.call, one.tenant.value, one.started, to_json(one)});
    EXPECT_TRUE(db->write(batch, from));
    return all;
  }
  static sums of(const rapidjson::Value& item) {
    return {item["calls"].GetUint64(), item["seconds"].GetInt64(),
            static_cast<model::micros>(std::llround(item["cost"].GetDouble() * 1e6))};
  }
  /// The total of those days of that zone, which its days add up to.
  sums usage(const std::string& from, const std::string& to, const std::string& zone) {
    const auto got = api("GET", "/api/usage?by=day&from=" + from + "&to=" + to + "&zone=" + zone, "admin");
    EXPECT_EQ(got.status, 200u) << got.body;
    rapidjson::Document body;
    body.Parse(got.body);
    sums days;
    for (const auto& item : body["items"].GetArray()) {
      const std::string day = item["day"].GetString();
      EXPECT_GE(day, from) << zone;
      EXPECT_LE(day, to) << zone;
      days = days + of(item);
    }
    EXPECT_EQ(days, of(body["total"])) << zone;
    return days;
  }

  a_directory folder;
  std::optional<call_database> db;
};

TEST_F(UsageOfAMonth, AndOfTheNextAreTheSumOfTheRecordsInEveryZone) {
  const auto all = calls_around_the_first();
  sums records;
  for (const auto& one : all) records = records + sums{1, one.metered_seconds, one.cost.twilio->amount.amount};
  const struct {
    const char* zone;
    const char* november;  ///< when it begins there
  } zones[] = {{"UTC", "2026-11-01T00:00:00.000Z"},
               {"America/New_York", "2026-11-01T04:00:00.000Z"},
               {"Pacific/Kiritimati", "2026-10-31T10:00:00.000Z"}};
  for (const auto& row : zones) {
    sums before;
    for (const auto& one : all)
      if (one.started < model::parse_iso_time(row.november).value())
        before = before + sums{1, one.metered_seconds, one.cost.twilio->amount.amount};
    const auto october = usage("2026-10-01", "2026-10-31", row.zone),
               november = usage("2026-11-01", "2026-11-30", row.zone);
    EXPECT_EQ(october, before) << row.zone << ": a call belongs whole to the month in which it began";
    EXPECT_EQ(october + november, records) << row.zone;
  }
}

TEST_F(UsageOfAMonth, HasTheHourThatTheClockShowsTwiceOnce) {
  (void)calls_around_the_first();
  const auto day = usage("2026-11-01", "2026-11-01", "America/New_York");
  EXPECT_EQ(day.calls, 25u * 6) << "a day of 25 hours";
}

}  // namespace
}  // namespace tonris::actors::test
