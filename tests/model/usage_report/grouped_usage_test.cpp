#include "model/usage_report/grouped_usage.hpp"

#include <gtest/gtest.h>

#include <random>

#include "model/text/iso_time.hpp"

namespace tonris::model {
namespace {

using namespace std::chrono_literals;

const auto summer = parse_iso_time("2026-10-24T00:00:00.000Z").value();

TEST(UsageGrouping, IsReadByName) {
  EXPECT_EQ(parse_usage_grouping(""), usage_grouping{});
  EXPECT_EQ(parse_usage_grouping("day,tenant"), (usage_grouping{true, true, false, false}));
  EXPECT_EQ(parse_usage_grouping("tenant,day,agent,variant"), (usage_grouping{true, true, true, true}));
  for (const auto* text : {",", "day,", ",day", "day,day", "days", "tenant, day", "tenantId", "day,,agent"})
    EXPECT_FALSE(parse_usage_grouping(text)) << text;
}

struct call {
  usage_entry whose;
  usage_figures used;
};

/// Calls of a week in which Copenhagen's clock is set back, near midnight as a rule.
std::vector<call> calls_of_a_week() {
  std::mt19937 random{7};
  const auto below = [&](unsigned n) { return random() % n; };
  std::vector<call> calls;
  for (int n = 0; n < 2'000; ++n) {
    call one;
    one.whose.tenant = {"tenant-" + std::to_string(below(3))};
    one.whose.started = summer + std::chrono::days{below(10)} + std::chrono::minutes{below(180) + 21 * 60};
    one.whose.agent = {"agent_" + std::to_string(below(2))};
    if (below(2) == 0) one.whose.variant = "new";
    one.used = {static_cast<std::int64_t>(below(600)), static_cast<micros>(below(1'000'000)), below(10) == 0,
                static_cast<end_reason>(below(end_reason_count))};
    calls.push_back(std::move(one));
  }
  return calls;
}

TEST(GroupedUsage, AddsUpToTheSameHoweverItIsGrouped) {
  const auto calls = calls_of_a_week();
  usage_sums expected;
  for (const auto& one : calls) expected.add(one.used);
  for (unsigned bits = 0; bits < 16; ++bits) {
    const usage_grouping by{(bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0};
    for (const auto* zone : {"", "Europe/Copenhagen", "Asia/Kolkata"}) {
      auto usage = grouped_usage::make(by, zone).value();
      for (const auto& one : calls) usage.add(one.whose, one.used);
      usage_sums sum;
      for (const auto& [key, group] : usage.groups()) sum.merge(group);
      EXPECT_EQ(usage.total(), expected) << bits << zone;
      EXPECT_EQ(sum, expected) << bits << zone;
      EXPECT_EQ(usage.left_out(), 0U);
      EXPECT_EQ(usage.groups().empty(), calls.empty());
    }
  }
}

TEST(GroupedUsage, OfAFinerGroupingAddsUpToTheCoarser) {
  const auto calls = calls_of_a_week();
  auto fine = grouped_usage::make({true, true, true, true}, "Europe/Copenhagen").value();
  auto coarse = grouped_usage::make({true, false, false, false}, "Europe/Copenhagen").value();
  for (const auto& one : calls) {
    fine.add(one.whose, one.used);
    coarse.add(one.whose, one.used);
  }
  std::map<grouped_usage::key, usage_sums> by_tenant;
  for (const auto& [key, sums] : fine.groups()) by_tenant[{key.tenant, {}, {}, {}}].merge(sums);
  EXPECT_EQ(by_tenant, coarse.groups());
}

TEST(GroupedUsage, CountsACallForTheDayOfItsStartInTheZone) {
  for (const auto& [zone, time, day] : std::initializer_list<std::tuple<std::string, std::string, std::string>>{
           {"Europe/Copenhagen", "2026-10-24T21:59:59.999Z", "2026-10-24"},
           {"Europe/Copenhagen", "2026-10-24T22:00:00.000Z", "2026-10-25"},
           {"Europe/Copenhagen", "2026-10-25T22:59:59.999Z", "2026-10-25"},
           {"Europe/Copenhagen", "2026-10-25T23:00:00.000Z", "2026-10-26"},
           {"America/New_York", "2026-12-01T04:59:59.999Z", "2026-11-30"},
           {"", "2026-12-01T04:59:59.999Z", "2026-12-01"}}) {
    auto usage = grouped_usage::make({false, true, false, false}, zone).value();
    usage.add({{"a"}, parse_iso_time(time).value(), {"agent_a"}, ""}, usage_figures{86'400, 0, false, {}});
    ASSERT_EQ(usage.groups().size(), 1U);
    EXPECT_EQ(to_string(*usage.groups().begin()->first.day), day) << zone << " " << time;
  }
}

TEST(GroupedUsage, IsNoneOfAnUnknownZone) {
  EXPECT_FALSE(grouped_usage::make({}, "Europe/Atlantis"));
}

TEST(GroupedUsage, TellsItemsAndTheirTotal) {
  auto usage = grouped_usage::make({true, true, true, true}, "Europe/Copenhagen").value();
  call_record record;
  record.tenant = {"salon-1"};
  record.agent = {"agent_a"};
  record.started = summer;
  record.ended = summer + 61s;
  record.reason = end_reason::caller_hung_up;
  record.metered_seconds = 61;
  record.cost.twilio = cost_part{{108'500, us_dollars}, true, cost_source::vendor, summer};
  usage.add(entry_of(record), figures_of(record));
  record.started = record.started - 3h;
  record.variant = "new";
  record.reason = end_reason::closed;
  usage.add(entry_of(record), figures_of(record));
  EXPECT_EQ(
      to_json(usage),
      R"({"items":[{"tenantId":"salon-1","day":"2026-10-23","agentId":"agent_a","variant":"new","calls":0,"minutes":0,)"
      R"("seconds":0,"cost":0.1085,"refused":1,"outcomes":{"closed":1}},{"tenantId":"salon-1","day":"2026-10-24",)"
      R"("agentId":"agent_a","variant":"agent_a","calls":1,"minutes":1.02,"seconds":61,"cost":0.1085,"refused":0,)"
      R"("outcomes":{"caller_hung_up":1}}],"total":{"calls":1,"minutes":1.02,"seconds":61,"cost":0.217,"refused":1,)"
      R"("outcomes":{"caller_hung_up":1,"closed":1}}})");
  EXPECT_EQ(to_json(grouped_usage::make({}, "").value()),
            R"({"items":[],"total":{"calls":0,"minutes":0,"seconds":0,"cost":0,"refused":0,"outcomes":{}}})");
}

TEST(GroupedUsage, IsBoundedAndSaysSo) {
  auto usage = grouped_usage::make({true, false, false, false}, "").value();
  for (std::size_t n = 0; n < grouped_usage::most_groups + 3; ++n)
    usage.add({{std::to_string(n)}, summer, {}, ""}, usage_figures{1, 0, false, {}});
  usage.add({{"0"}, summer, {}, ""}, usage_figures{1, 0, false, {}});
  EXPECT_EQ(usage.groups().size(), grouped_usage::most_groups);
  EXPECT_EQ(usage.left_out(), 3U);
  EXPECT_EQ(usage.total().calls, grouped_usage::most_groups + 4);
  EXPECT_EQ(usage.groups().at({{"0"}, {}, {}, {}}).calls, 2U);
  EXPECT_TRUE(to_json(usage).ends_with(R"("leftOut":3})"));
}

}  // namespace
}  // namespace tonris::model
