#include "model/usage_report/bill_drift.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "model/call/costing.hpp"
#include "model/usage_report/unknown_bills.hpp"
#include "tests/model/call/whole_record.hpp"

namespace tonris::model {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

call_record call_of(const std::string& sid, std::uint32_t seconds) {
  call_record record;
  record.call = {sid};
  record.tenant = {"salon"};
  record.started = call_record::time{1'795'341'600s};
  record.ended = record.started + std::chrono::seconds{seconds};
  record.metered_seconds = seconds;
  if (seconds > 0) record.conversations.push_back({{"conv_" + sid}, record.started, record.ended, {}});
  estimate_cost(record, rate_card::standard(), seconds, *record.ended);
  return record;
}

cost_part told(micros amount, currency in = us_dollars) {
  return {{amount, in}, true, cost_source::vendor, call_record::time{1'795'342'600s}};
}

TEST(BillDrift, HoldsTheMeterAgainstWhatTheVendorsSay) {
  bill_drift drift{rate_card::standard()};
  auto dearer = call_of("CA1", 61), untold = call_of("CA2", 30);
  const auto metered = dearer.cost.twilio->amount.amount;
  dearer.cost.twilio = told(metered + 50'000);
  drift.add(dearer);
  drift.add(untold);
  const auto rows = drift.at_twilio();
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].tenant.value, "salon");
  EXPECT_EQ(rows[0].calls, 1u);
  EXPECT_EQ(rows[0].theirs, metered + 50'000);
  EXPECT_EQ(rows[0].ours, metered);
  EXPECT_THAT(rows[0].only_ours.calls, ElementsAre(call_sid{"CA2"})) << "Twilio has said nothing of it";
  EXPECT_EQ(rows[0].only_ours.seconds, 30);
  EXPECT_EQ(drift.at_elevenlabs()[0].only_ours.count, 2u);
  auto reported = call_of("CA3", 61);
  reported.cost.elevenlabs->is_final = true;
  drift.add(reported);
  EXPECT_EQ(drift.at_elevenlabs()[0].calls, 1u) << "by the seconds that ElevenLabs reported";
  EXPECT_THAT(to_json(drift), HasSubstr(R"("elevenLabs":[{"tenantId":"salon","currency":"USD",)"));
}

TEST(BillDrift, ComparesABillInAnotherCurrencyByItsDollars) {
  bill_drift drift{rate_card::standard()};
  auto in_euros = call_of("CA1", 61), without_rate = call_of("CA2", 61);
  const auto metered = in_euros.cost.twilio->amount.amount;
  const auto euros = *currency::parse("EUR");
  in_euros.cost.twilio = told(10'000, euros);
  in_euros.cost.twilio->dollars = metered + 1;
  without_rate.cost.twilio = told(10'000, euros);
  drift.add(in_euros);
  drift.add(without_rate);
  const auto rows = drift.at_twilio();
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].in, euros);
  EXPECT_EQ(rows[0].only_theirs.calls, std::vector<call_sid>{{"CA2"}}) << "nobody knows what it is in dollars";
  EXPECT_EQ(rows[1].in, us_dollars);
  EXPECT_EQ(rows[1].drift(), 1);
  EXPECT_EQ(rows[1].only_ours.count, 0u) << "the bill has come";
}

TEST(BillDrift, HoldsNothingBesideACallAgainstItBeforeItsOwnPriceIsTold) {
  auto record = call_of("CA1", 61);
  record.legs = {{{"CA2"}, "completed", 61, record.started, told(30'000)}};
  bill_drift drift{rate_card::standard()};
  drift.add(record);
  ASSERT_EQ(drift.at_twilio().size(), 1u);
  EXPECT_EQ(drift.at_twilio()[0].calls, 0u);
  EXPECT_EQ(drift.at_twilio()[0].only_ours.count, 1u);
}

TEST(BillDrift, HasARowATenantHoweverManyCallsThereAre) {
  bill_drift drift{rate_card::standard()};
  for (int n = 0; n < 300; ++n) {
    auto record = call_of("CA" + std::to_string(n), 61);
    record.tenant.value = n % 2 == 0 ? "even" : "odd";
    if (n % 3 == 0) record.cost.twilio = told(record.cost.twilio->amount.amount + 1);
    drift.add(record);
  }
  const auto rows = drift.at_twilio();
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].tenant.value, "even");
  EXPECT_EQ(rows[0].calls, 50u);
  EXPECT_EQ(rows[0].drift(), 50);
  EXPECT_EQ(rows[1].only_ours.count, 100u);
  EXPECT_EQ(rows[1].only_ours.calls.size(), drift_row::most_calls);
  EXPECT_EQ(rows[1].only_ours.amount, 100 * (rows[1].ours / 50));
}

TEST(BillDrift, LeavesOutWhatCostsNothing) {
  bill_drift drift{rate_card::standard()};
  auto live = call_of("CA1", 61);
  live.ended.reset();
  drift.add(live);
  drift.add(call_of("CA2", 0));
  EXPECT_THAT(drift.at_twilio(), IsEmpty());
  EXPECT_EQ(to_json(drift), R"({"twilio":[],"elevenLabs":[]})");
}

TEST(BillDrift, HoldsACallWithoutAConversationAgainstNothingOfElevenLabs) {
  const auto without = [](const char* sid) {
    auto record = call_of(sid, 61);
    record.conversations.clear();
    record.cost.elevenlabs.reset();
    estimate_cost(record, rate_card::standard(), 61, *record.ended);
    return record;
  };
  auto reported = without("CA2");
  bill_drift drift{rate_card::standard()};
  drift.add(without("CA1"));
  EXPECT_THAT(drift.at_elevenlabs(), IsEmpty());
  EXPECT_EQ(drift.at_twilio()[0].only_ours.count, 1u);
  call_record::vendor_report told;
  told.conversation = {"conv_9"};
  told.price = 100'000;
  reported.reports.push_back(told);
  settle_reports(reported);
  drift.add(reported);
  ASSERT_EQ(drift.at_elevenlabs().size(), 1u);
  EXPECT_EQ(drift.at_elevenlabs()[0].drift(), 100'000) << "the vendor alone knows of it";
}

TEST(BillDrift, HoldsNoFeeAgainstAPriceThatNeverHasIt) {
  auto record = call_of("CA1", 61);
  record.streams.push_back({{"MZ1"}, record.started, record.ended});
  record.cost.machine_detection = estimate_of_detection(rate_card::standard(), record.started, true);
  estimate_cost(record, rate_card::standard(), 61, *record.ended);
  ASSERT_EQ(record.cost.stream->amount.amount, 8'000);
  record.cost.twilio = told(17'000);
  bill_drift drift{rate_card::standard()};
  drift.add(record);
  ASSERT_EQ(drift.at_twilio().size(), 1u);
  EXPECT_EQ(drift.at_twilio()[0].ours, 17'000);
  EXPECT_EQ(drift.at_twilio()[0].drift(), 0);
}

TEST(BillDrift, CountsTheMinuteOfACallThatWasRefusedWithWords) {
  bill_drift drift{rate_card::standard()};
  auto refused = call_of("CA1", 0);
  refused.reason = end_reason::month_minutes;
  refused.cost = estimate_of_refusal(rate_card::standard(), refused.started, *refused.ended);
  drift.add(refused);
  EXPECT_EQ(drift.at_twilio()[0].only_ours.amount, 8'500);
  EXPECT_THAT(drift.at_elevenlabs(), IsEmpty());
  refused.cost.twilio = told(8'500);
  bill_drift later{rate_card::standard()};
  later.add(refused);
  EXPECT_EQ(later.at_twilio()[0].calls, 1u);
  EXPECT_EQ(later.at_twilio()[0].drift(), 0);
}

TEST(BillDrift, HoldsLegsAndRecordingsAgainstTheirPricesOnceTheseAreTold) {
  auto record = call_of("CA1", 61);
  record.cost.twilio = told(record.cost.twilio->amount.amount);
  record.legs = {{{"CA2"}, "completed", 61, record.started, told(30'000)},
                 {{"CA3"}, "completed", 5, record.started, {}}};
  record.legs[1].cost = estimate_of_leg(rate_card::standard(), record.started, record.legs[1]);
  record.voicemail = {{"RE1", "", 7, record.started, false, told(2'500)}};
  record.recordings = {{"RE2", "completed", "", 61, "callback", record.started, told(7'500)}};
  bill_drift drift{rate_card::standard()};
  drift.add(record);
  const auto rows = drift.at_twilio();
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].calls, 1u) << "all on the call's line";
  EXPECT_EQ(rows[0].drift(), 30'000 - 28'000 + 7'500 - 5'000);
}

/// What is made of a record, and would be of one that has changed so.
struct change {
  const char* what;
  std::function<void(call_record&)> make;
};

/// What a day's drift says of a call, and by which ids it is found in the vendors' lists.
std::string said_of(const call_record& record) {
  bill_drift drift{rate_card::standard()};
  drift.add(record);
  known_ids known;
  EXPECT_TRUE(known.add_record(to_json(record)));
  auto said = to_json(drift);
  for (const auto* const id : {"CA1", "CA2", "CA3", "CA4", "conv_1", "conv_2", "conv_3"})
    if (known.has(id)) said += std::string{" "} + id;
  return said;
}

TEST(BilledAlike, AreNotTheRecordsOfWhichDriftSaysSomethingElse) {
  const std::vector<change> all{
      {"call", [](auto& r) { r.call.value = "CA4"; }},
      {"tenant", [](auto& r) { r.tenant.value = "salon-2"; }},
      {"direction", [](auto& r) { r.direction = "inbound"; }},
      {"ended", [](auto& r) { r.ended.reset(); }},
      {"refused", [](auto& r) { r.reason = end_reason::unknown_number, r.answered.reset(); }},
      {"metered", [](auto& r) { r.metered_seconds += 60; }},
      {"twilio's price", [](auto& r) { r.cost.twilio->amount.amount += 1; }},
      {"its currency", [](auto& r) { r.cost.twilio->amount.in = *currency::parse("EUR"); }},
      {"that it is to come", [](auto& r) { r.cost.twilio.reset(); }},
      {"that it is an estimate",
       [](auto& r) { r.cost.twilio->source = cost_source::estimate, r.cost.twilio->is_final = false; }},
      {"elevenlabs' price", [](auto& r) { r.cost.elevenlabs->amount.amount += 1; }},
      {"that it is to come too", [](auto& r) { r.cost.elevenlabs.reset(); }},
      {"a leg",
       [](auto& r) {
         r.legs.push_back({{"CA4"}, "completed", 3, r.started, {}});
       }},
      {"its id", [](auto& r) { r.legs[0].call.value = "CA4"; }},
      {"its length", [](auto& r) { r.legs[1].seconds += 60; }},
      {"its end", [](auto& r) { r.legs[1].status = "busy"; }},
      {"its price", [](auto& r) { r.legs[1].cost->amount.amount += 1; }},
      {"a message's length", [](auto& r) { r.voicemail[0].seconds += 60; }},
      {"its price too", [](auto& r) { r.voicemail[0].cost->amount.amount += 1; }},
      {"a recording's length", [](auto& r) { r.recordings[0].seconds += 60; }},
      {"its price as well", [](auto& r) { r.recordings[0].cost->amount.amount += 1; }},
      {"a conversation", [](auto& r) { r.conversations[1].id.value = "conv_3"; }},
      {"one more",
       [](auto& r) {
         r.conversations.push_back({{"conv_3"}, r.started, {}, {}});
       }},
      {"none", [](auto& r) { r.conversations.clear(), r.reports.clear(); }},
      {"a report", [](auto& r) { r.reports[1].conversation.value = "conv_3"; }},
  };
  auto before = test::whole_record();
  before.recordings[0].cost->source = cost_source::vendor;
  for (const auto& one : all) {
    auto after = before;
    one.make(after);
    EXPECT_NE(said_of(after), said_of(before)) << one.what << ": this row says nothing";
    EXPECT_FALSE(are_billed_alike(before, after)) << one.what;
    EXPECT_FALSE(are_billed_alike(after, before)) << one.what;
  }
}

TEST(BilledAlike, AreNotThoseOfAnotherDayOrAtAnotherRateOfExchange) {
  auto before = test::whole_record();
  auto earlier = before;
  earlier.started -= 24h;
  EXPECT_FALSE(are_billed_alike(before, earlier));
  before.cost.twilio->amount.in = *currency::parse("EUR");
  auto exchanged = before;
  exchanged.cost.twilio->dollars = 9;
  EXPECT_NE(said_of(exchanged), said_of(before));
  EXPECT_FALSE(are_billed_alike(before, exchanged));
}

TEST(BilledAlike, AreThoseOfWhichNothingElseIsNew) {
  const auto later = 1h;
  const std::vector<change> all{
      {"from", [](auto& r) { r.from = "+1"; }},
      {"to", [](auto& r) { r.to = "+1"; }},
      {"agent", [](auto& r) { r.agent.value = "agent_2"; }},
      {"variant", [](auto& r) { r.variant = "new"; }},
      {"rule", [](auto& r) { r.rule.clear(), r.rule_name.clear(); }},
      {"state", [](auto& r) { r.state = call_state::talking; }},
      {"answered", [=](auto& r) { r.answered = *r.answered + later; }},
      {"when it ended", [=](auto& r) { r.ended = *r.ended + later; }},
      {"reason", [](auto& r) { r.reason = end_reason::caller_hung_up; }},
      {"detail", [](auto& r) { r.end_detail.clear(); }},
      {"trouble", [](auto& r) { r.troubled.reset(); }},
      {"interruptions", [](auto& r) { ++r.interruptions, ++r.restarts; }},
      {"streams", [](auto& r) { r.streams.clear(); }},
      {"how a conversation went",
       [=](auto& r) { r.conversations[1].ended = r.started + later, r.conversations[1].close_code = 1000; }},
      {"transcript", [](auto& r) { r.transcript.clear(), r.lines_left_out = 2; }},
      {"media", [](auto& r) { r.media = {}; }},
      {"that a message is deleted",
       [=](auto& r) { r.voicemail[0].deleted = false, r.voicemail[0].deleted_at.reset(), r.voicemail[0].at += later; }},
      {"where it lies", [](auto& r) { r.voicemail[0].url.clear(), r.voicemail[0].source.clear(); }},
      {"that a recording is deleted",
       [=](auto& r) { r.recordings[0].status = "deleted", r.recordings[0].at += later; }},
      {"where that lay", [](auto& r) { r.recordings[0].url.clear(), r.recordings[0].source = "rest"; }},
      {"when a leg was told", [=](auto& r) { r.legs[1].at += later, r.legs[1].source = "callback"; }},
      {"analysis",
       [](auto& r) {
         r.reports[0].analysis = "{}", r.reports[0].summary.clear(), r.reports[0].successful = "failure";
       }},
      {"its audio", [](auto& r) { r.reports[0].audio_deleted = false, r.reports[0].audio_bytes = 1; }},
      {"what else it says",
       [=](auto& r) {
         auto& told = r.reports[0];
         told.agent = {}, told.at += later, told.seconds.reset(), told.credits.reset(), told.llm_price.reset();
         told.price.reset(), told.charged = true, told.burst = false, told.termination.clear();
         told.error_code.reset(), told.error.clear(), told.source.clear(), told.audio_deleted_at.reset();
       }},
      {"tools", [](auto& r) { r.tool_calls.clear(); }},
      {"notes", [](auto& r) { r.notes.clear(); }},
      {"transfers", [](auto& r) { r.transfers.clear(); }},
      {"fallback", [](auto& r) { r.fallback.clear(); }},
      {"when prices were told",
       [=](auto& r) { r.cost.twilio->at += later, r.cost.elevenlabs->at += later, r.legs[1].cost->at += later; }},
      {"costs that nobody is held against",
       [](auto& r) { r.cost = {r.cost.twilio, r.cost.elevenlabs, {}, {}, {}, {}, {}}; }},
      {"progress", [](auto& r) { r.twilio.reset(), r.heard.reset(), r.cut_off.reset(); }},
      {"account", [](auto& r) { r.account = {}; }},
      {"node", [](auto& r) { r.node.clear(), r.build.clear(); }},
  };
  const auto before = test::whole_record();
  for (const auto& one : all) {
    auto after = before;
    one.make(after);
    EXPECT_NE(after, before) << one.what << ": this row says nothing";
    EXPECT_TRUE(are_billed_alike(before, after)) << one.what;
    EXPECT_EQ(said_of(after), said_of(before)) << one.what;
  }
}

}  // namespace
}  // namespace tonris::model
