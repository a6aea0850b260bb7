#include "model/usage_report/usage_sums.hpp"

#include <gtest/gtest.h>

#include <set>

#include "model/text/iso_time.hpp"

namespace tonris::model {
namespace {

using namespace std::chrono_literals;

call_record call_of(std::uint32_t seconds, end_reason reason) {
  call_record record;
  record.started = parse_iso_time("2026-11-29T12:00:00.000Z").value();
  record.answered = record.started + 2s;
  record.ended = record.started + std::chrono::seconds{seconds};
  record.reason = reason;
  record.metered_seconds = seconds;
  return record;
}

TEST(UsageFigures, AreThoseOfTheLimits) {
  auto record = call_of(62, end_reason::caller_hung_up);
  EXPECT_EQ(figures_of(record), (usage_figures{62, 0, false, end_reason::caller_hung_up})) << "nobody knows its cost";
  record.cost.twilio = cost_part{{12'500, us_dollars}, false, cost_source::estimate, record.started};
  record.cost.llm = cost_part{{5, us_dollars}, true, cost_source::vendor, record.started};
  EXPECT_EQ(figures_of(record), (usage_figures{62, 12'505, false, end_reason::caller_hung_up}));
  EXPECT_EQ(figures_of(call_record{}), usage_figures{}) << "it lives";
}

TEST(UsageFigures, KnowWhoWasTurnedAway) {
  auto record = call_of(10, end_reason::tenant_busy);
  EXPECT_FALSE(figures_of(record).refused) << "its stream had started";
  record.answered.reset();
  EXPECT_EQ(figures_of(record), (usage_figures{0, 0, true, end_reason::tenant_busy}));
  record.cost = estimate_of_refusal(rate_card::standard(), record.started, record.started);
  EXPECT_EQ(figures_of(record), (usage_figures{0, 8'500, true, end_reason::tenant_busy})) << "Twilio's minute";
  record.cost = {};
  record.reason = end_reason::stream_never_came;
  EXPECT_EQ(figures_of(record), (usage_figures{10, 0, false, end_reason::stream_never_came}));
}

/// As the metrics have it: tonris_calls_refused_total, or tonris_calls_ended_total.
TEST(UsageFigures, KnowWhoseCallNobodyTookFromOneThatEndedForTheSameReason) {
  for (const auto reason : {end_reason::shutdown, end_reason::node_lost, end_reason::internal_error}) {
    auto record = call_of(10, reason);
    EXPECT_EQ(figures_of(record), (usage_figures{10, 0, false, reason}));
    record.answered.reset();
    EXPECT_EQ(figures_of(record), (usage_figures{10, 0, false, reason})) << "it waited for its stream";
    record.metered_seconds = 0;
    EXPECT_EQ(figures_of(record), (usage_figures{0, 0, true, reason})) << "it was answered with words";
  }
  auto untaken = call_of(0, end_reason::callee_busy);
  untaken.answered.reset();
  EXPECT_FALSE(figures_of(untaken).refused) << "nobody was turned away";
}

TEST(UsageFigures, KnowEveryRefusal) {
  const std::set<std::string_view> refusals{
      "unknown_number", "tenant_suspended", "tenant_pending", "tenant_cancelled", "caller_blocked",
      "closed",         "sent_on",          "no_agent",       "node_full",        "node_overloaded",
      "registry_down",  "tenant_busy",      "tenant_rate",    "caller_rate",      "month_minutes",
      "month_cost",     "vendor_full",      "caller_gave_up", "usage_unknown",    "outbound_not_served",
      "agents_failing"};
  for (std::size_t i = 0; i < end_reason_count; ++i) {
    const auto reason = static_cast<end_reason>(i);
    EXPECT_EQ(is_refusal(reason), refusals.contains(to_string(reason))) << to_string(reason);
  }
}

std::string json_of(const usage_sums& sums) {
  std::string json;
  json_writer out(json);
  out.open_object();
  write_members(out, sums);
  out.close_object();
  return json;
}

TEST(UsageFigures, CountWhatIsKnownInDollarsAndSayThatSomethingIsNot) {
  call_record record;
  record.reason = end_reason::caller_hung_up;
  record.cost.elevenlabs = cost_part{{100'000, us_dollars}, true, cost_source::estimate, {}};
  record.cost.twilio = cost_part{{8'000, *currency::parse("EUR")}, true, cost_source::vendor, {}, 10'000};
  EXPECT_EQ(figures_of(record), (usage_figures{0, 110'000, false, end_reason::caller_hung_up}));
  record.cost.twilio->dollars.reset();
  const auto partly = figures_of(record);
  EXPECT_EQ(partly, (usage_figures{0, 100'000, false, end_reason::caller_hung_up, true}));
  usage_sums sums, more;
  sums.add(partly);
  more.merge(sums);
  EXPECT_NE(json_of(more).find(R"("cost":0.1,"unconverted":1,)"), std::string::npos) << json_of(more);
}

TEST(UsageSums, AddUpAndTellWhatTheyAre) {
  usage_sums sums;
  EXPECT_EQ(json_of(sums), R"({"calls":0,"minutes":0,"seconds":0,"cost":0,"refused":0,"outcomes":{}})");
  sums.add({61, 108'500, false, end_reason::caller_hung_up});
  sums.add({1, 100'001, false, end_reason::caller_hung_up});
  sums.add({0, 0, true, end_reason::tenant_busy});
  sums.add({0, 0, false, {}});
  EXPECT_EQ(json_of(sums), R"({"calls":3,"minutes":1.03,"seconds":62,"cost":0.208501,"refused":1,)"
                           R"("outcomes":{"caller_hung_up":2,"tenant_busy":1}})");
}

TEST(UsageSums, ShowMinutesToTheHundredth) {
  for (const auto& [seconds, minutes] :
       std::initializer_list<std::pair<std::int64_t, std::string>>{{0, "0"},
                                                                   {1, "0.02"},
                                                                   {3, "0.05"},
                                                                   {30, "0.5"},
                                                                   {33, "0.55"},
                                                                   {45, "0.75"},
                                                                   {59, "0.98"},
                                                                   {60, "1"},
                                                                   {3601, "60.02"},
                                                                   {86'400'000'000, "1440000000"}}) {
    usage_sums sums;
    sums.seconds = seconds;
    EXPECT_NE(json_of(sums).find("\"minutes\":" + minutes + ","), std::string::npos) << json_of(sums);
  }
}

TEST(UsageSums, MergeAsIfAllHadBeenAddedToOne) {
  usage_sums all, first, second;
  for (int n = 0; n < 100; ++n) {
    const usage_figures one{n, n * 1'000, n % 7 == 0, static_cast<end_reason>(n % 5)};
    all.add(one);
    (n % 3 == 0 ? first : second).add(one);
  }
  first.merge(second);
  EXPECT_EQ(first, all);
  first.merge({});
  EXPECT_EQ(first, all);
}

}  // namespace
}  // namespace tonris::model
