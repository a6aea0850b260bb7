#include "model/money/reconciliation.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace tonris::model {
namespace {

const currency euros = *currency::parse("EUR");

billed_call call(const char* sid, const char* tenant, micros amount, currency in = us_dollars) {
  return {{sid}, {tenant}, {amount, in}};
}

TEST(Reconciliation, OfNothingIsNothing) {
  EXPECT_TRUE(reconcile({}, {}).empty());
  EXPECT_EQ(to_json(std::span<const drift_row>{}), "[]");
}

TEST(Reconciliation, HasARowForEachTenantAndCurrency) {
  const std::vector<billed_call> ours{call("CA3", "b", 10'000), call("CA1", "a", 12'500), call("CA2", "a", 25'000),
                                      call("CA4", "a", 5, euros), call("CA5", "a", 7'000)};
  const std::vector<billed_call> theirs{call("CA1", "", 8'500), call("CA2", "", 17'000),
                                        call("CA2", "", 1'000), call("CA3", "somebody else's", 10'000),
                                        call("CA8", "", 3'000), call("CA9", "b", 4'000)};
  const auto rows = reconcile(ours, theirs);
  ASSERT_EQ(rows.size(), 4U);
  EXPECT_EQ(rows[0], (drift_row{{""}, us_dollars, 0, 0, 0, {}, {1, 3'000, {{"CA8"}}}}));
  EXPECT_EQ(rows[1], (drift_row{{"a"}, euros, 0, 0, 0, {1, 5, {{"CA4"}}}, {}}));
  EXPECT_EQ(rows[2], (drift_row{{"a"}, us_dollars, 37'500, 26'500, 2, {1, 7'000, {{"CA5"}}}, {}}));
  EXPECT_EQ(rows[3], (drift_row{{"b"}, us_dollars, 10'000, 10'000, 1, {}, {1, 4'000, {{"CA9"}}}}));
  EXPECT_EQ(rows[2].drift(), -11'000);
}

TEST(Reconciliation, MeetsACallInTwoCurrenciesNowhere) {
  const auto rows = reconcile(std::vector{call("CA1", "a", 5)}, std::vector{call("CA1", "", 5, euros)});
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].only_theirs.count, 1U);
  EXPECT_EQ(rows[1].only_ours.count, 1U);
}

TEST(Reconciliation, FlagsNothingThatIsNotBilledYet) {
  std::vector<billed_call> ours, theirs;
  for (int n = 0; n < 200; ++n) ours.push_back(call(("CA" + std::to_string(1000 + n)).c_str(), "a", 12'500));
  theirs.assign(ours.begin(), ours.begin() + 10);
  const auto rows = reconcile(ours, theirs);
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].drift(), 0);
  EXPECT_FALSE(rows[0].is_flagged());
  EXPECT_EQ(rows[0].only_ours.count, 190U);
}

struct flag_row {
  micros ours, theirs;
  bool is_flagged;
  std::optional<double> percent;
};

TEST(Reconciliation, FlagsAHundredthOfTheBillAndOfTheUnit) {
  for (const auto& row : std::vector<flag_row>{{0, 0, false, {}},
                                               {10'000, 0, false, {}},
                                               {10'001, 0, true, {}},
                                               {0, 10'000, false, 100},
                                               {0, 10'001, true, 100},
                                               {990'000, 1'000'000, false, 1},
                                               {989'999, 1'000'000, true, 1.0001},
                                               {1'010'001, 1'000'000, true, -1.0001},
                                               {10'000'000, 10'100'000, false, 100.0 / 101},
                                               {10'000'000, 10'200'000, true, 200.0 / 102},
                                               {0, -10'001, true, -100},
                                               {100'000, 109'999, false, 9'999 * 100.0 / 109'999}}) {
    const drift_row drift{{"a"}, us_dollars, row.ours, row.theirs, 0, {}, {}};
    EXPECT_EQ(drift.is_flagged(), row.is_flagged) << row.ours << " " << row.theirs;
    ASSERT_EQ(drift.drift_percent().has_value(), row.percent.has_value()) << row.ours << " " << row.theirs;
    EXPECT_NEAR(drift.drift_percent().value_or(0), row.percent.value_or(0), 1e-9);
  }
}

TEST(Reconciliation, TellsARow) {
  const auto rows =
      reconcile(std::vector{call("CA1", "a", 12'500), call("CA2", "a", 12'500)}, std::vector{call("CA1", "", 8'500)});
  EXPECT_EQ(to_json(rows),
            R"([{"tenantId":"a","currency":"USD","ours":0.0125,"theirs":0.0085,"drift":-0.004,"driftPercent":-47.06,)"
            R"("flagged":false,"calls":1,"onlyOurs":{"count":1,"seconds":0,"amount":0.0125,"calls":["CA2"]},)"
            R"("onlyTheirs":{"count":0,"seconds":0,"amount":0,"calls":[]}}])");
  EXPECT_NE(to_json(reconcile(std::vector{call("CA1", "a", 1)}, {})).find(R"("driftPercent":null)"), std::string::npos);
}

TEST(Reconciliation, CountsTheSecondsOfWhatOneSideAloneKnows) {
  auto own = call("CA1", "a", 1), leg = call("CA1", "a", 2), both = call("CA2", "a", 3);
  own.seconds = 61, both.seconds = 7;
  const auto rows = reconcile(std::vector{own, leg, both}, std::vector{both, call("CA3", "a", 4)});
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].only_ours.seconds, 61) << "once, however many lines it has";
  EXPECT_EQ(rows[0].only_theirs.seconds, 0);
}

TEST(Reconciliation, MergesRowsOfTheSameTenantAndCurrency) {
  const auto some = reconcile(std::vector{call("CA1", "a", 1), call("CA2", "b", 2)}, {});
  auto theirs = call("CA9", "b", 4), strangers = call("CA8", "", 8);
  theirs.seconds = 30;
  const auto rows = merged(some, reconcile({}, std::vector{theirs, strangers}));
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0], (drift_row{{""}, us_dollars, 0, 0, 0, {}, {1, 8, {{"CA8"}}}}));
  EXPECT_EQ(rows[1], some[0]);
  EXPECT_EQ(rows[2], (drift_row{{"b"}, us_dollars, 0, 0, 0, {1, 2, {{"CA2"}}}, {1, 4, {{"CA9"}}, 30}}));
}

TEST(Reconciliation, IsBounded) {
  std::vector<billed_call> many;
  for (int n = 0; n < 250; ++n)
    many.push_back(call(("CA" + std::to_string(1000 + n)).c_str(), "a", std::numeric_limits<micros>::max()));
  const auto rows = reconcile(many, {});
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].only_ours.count, 250U);
  EXPECT_EQ(rows[0].only_ours.calls.size(), drift_row::most_calls);
  EXPECT_EQ(rows[0].only_ours.calls.front(), call_sid{"CA1000"});
  EXPECT_EQ(rows[0].only_ours.amount, std::numeric_limits<micros>::max() / 2);
  const auto known = reconcile(many, std::vector{call("CA1000", "a", 1), call("CA1001", "a", 1)});
  EXPECT_EQ(known[0].ours, std::numeric_limits<micros>::max() / 2);
  EXPECT_LT(known[0].drift(), 0);
}

TEST(Money, SumsStopWhereNobodyCountsOn) {
  constexpr auto most = std::numeric_limits<micros>::max();
  EXPECT_EQ(saturated_sum(1, -2), -1);
  EXPECT_EQ(saturated_sum(most, most), most / 2);
  EXPECT_EQ(saturated_sum(-most, -most), -(most / 2));
  EXPECT_EQ(saturated_sum(most / 2, 1), most / 2);
}

}  // namespace
}  // namespace tonris::model
