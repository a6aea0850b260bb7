#include "model/call/costing.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <utility>

#include "model/call/later_fact.hpp"
#include "tests/model/call/test_rates.hpp"

namespace tonris::model {
namespace {

using namespace std::chrono_literals;
using test::noon;
using test::test_rates;
using part = call_record::charge::part_type;

const auto rates = test_rates();

call_record a_call() {
  call_record record;
  record.started = noon;
  record.agent = {"agent_a"};
  record.conversations.push_back({{"conv_1"}, noon, {}, {}});
  return record;
}

call_record::vendor_report report(const char* conversation, micros price, std::optional<double> llm = {}) {
  call_record::vendor_report told;
  told.conversation = {conversation};
  told.agent = {"agent_a"};
  told.at = noon + 2min;
  told.price = price;
  told.llm_price = llm;
  return told;
}

TEST(CallCosts, AreEstimatedWhileItGoesOnAndStayOpenAtItsEnd) {
  auto record = a_call();
  estimate_cost(record, rates, 61, noon + 61s);
  EXPECT_EQ(record.cost.twilio->amount.amount, 20'000) << "two minutes have begun";
  EXPECT_EQ(record.cost.elevenlabs->amount.amount, 61'000);
  estimate_cost(record, rates, 62, noon + 62s);
  EXPECT_EQ(record.cost.elevenlabs->amount.amount, 62'000);
  EXPECT_FALSE(record.cost.twilio->is_final);
  EXPECT_FALSE(record.cost.elevenlabs->is_final);
}

TEST(CallCosts, AreByWhoHasDialled) {
  auto record = a_call();
  record.direction = "outbound-api";
  estimate_cost(record, rates, 61, noon + 61s);
  const auto& then = rates.at(record.started);
  EXPECT_EQ(record.cost.twilio->amount.amount, 2 * then.outbound_per_minute);
  EXPECT_EQ(record.cost.elevenlabs->amount.amount, 61'000);
  record.streams.push_back({{"MZ1"}, noon, {}});
  estimate_cost(record, rates, 61, noon + 61s);
  EXPECT_EQ(total(record.cost), cost_of(then, 61, dialled_by::business))
      << "as the meter has it, with a stream all along";
}

TEST(CallCosts, OfStreamsAreTheirOwnBegunMinutes) {
  using streams = std::vector<call_record::stream>;
  const call_record::stream first{{"MZ1"}, noon + 2s, noon + 62s}, longer{{"MZ1"}, noon + 2s, noon + 62'001ms},
      open{{"MZ1"}, noon + 2s, {}}, second{{"MZ2"}, noon + 70s, noon + 71s}, last{{"MZ2"}, noon + 70s, {}},
      short_one{{"MZ1"}, noon + 2s, noon + 2s};
  const struct {
    const char* what;
    streams came;
    bool has_ended;
    micros amount;  ///< after three minutes
  } table[] = {
      {"none ever came", {}, true, 0},
      {"none has come yet", {}, false, 0},
      {"of a minute", {first}, true, 2'000},
      {"a moment longer", {longer}, true, 4'000},
      {"of a moment", {short_one}, true, 2'000},
      {"goes on", {open}, false, 6'000},
      {"two, each its own", {first, second}, true, 4'000},
      {"the end of the first is not known", {open, second}, true, 6'000},
      {"the second goes on", {first, last}, false, 2'000 + 4'000},
  };
  for (const auto& row : table) {
    auto record = a_call();
    record.streams = row.came;
    if (row.has_ended) record.ended = noon + 3min;
    estimate_cost(record, rates, 180, noon + 3min);
    EXPECT_EQ(record.cost.stream,
              (cost_part{{row.amount, us_dollars}, row.has_ended, cost_source::estimate, noon + 3min}))
        << row.what;
  }
}

TEST(CallCosts, OfStreamsStayAnEstimateBesideTwiliosPrice) {
  auto record = a_call();
  record.streams.push_back({{"MZ1"}, noon, noon + 61s});
  record.ended = noon + 61s;
  estimate_cost(record, rates, 61, *record.ended);
  const auto price = twilios_price(rates, noon, {8'500, us_dollars}, noon + 5min);
  ASSERT_TRUE(add_fact(record, call_record::charge{part::twilio, price}));
  EXPECT_EQ(record.cost.twilio, (cost_part{{8'500, us_dollars}, true, cost_source::vendor, noon + 5min}))
      << "Twilio's word, and nothing of ours";
  EXPECT_EQ(record.cost.stream, (cost_part{{4'000, us_dollars}, true, cost_source::estimate, noon + 61s}));
  EXPECT_EQ(total(record.cost), 8'500 + 4'000 + 61'000);
}

TEST(CallCosts, OfMachineDetectionAreTheirDaysRateWhereItWasAskedForAndHasOne) {
  const auto rate_of = [](const char* from, const char* more) {
    return std::string{R"({"from":")"} + from + R"(","twilioPerMinute":0,"mediaStreamPerMinute":0,)" +
           R"("elevenLabsPerMinute":0,"outboundPerMinute":0,"recordingPerMinute":0,)" + more + R"("source":"x"})";
  };
  const auto card = rate_card::parse(R"({"rates":[)" + rate_of("2025-01-01", "") + "," +
                                     rate_of("2026-01-01", R"("machineDetectionPerCall":0.01,)") + "," +
                                     rate_of("2026-11-22", R"("machineDetectionPerCall":0.0075,)") + "]}")
                        .value();
  const auto costs = [](micros amount, call_record::time at) {
    return std::optional{cost_part{{amount, us_dollars}, true, cost_source::estimate, at}};
  };
  EXPECT_EQ(estimate_of_detection(card, noon, true), costs(7'500, noon));
  EXPECT_EQ(estimate_of_detection(card, noon - 24h, true), costs(10'000, noon - 24h));
  EXPECT_EQ(estimate_of_detection(card, noon, false), std::nullopt);
  EXPECT_EQ(estimate_of_detection(card, noon - 24h * 400, true), std::nullopt) << "nobody has said what it costs";
}

TEST(CallCosts, OfStreamsGoOnWithACallerWhoComesBack) {
  auto record = a_call();
  record.streams.push_back({{"MZ1"}, noon, noon + 30s});
  record.ended = noon + 30s;
  estimate_cost(record, rates, 30, *record.ended);
  ASSERT_TRUE(record.cost.stream->is_final);
  record.ended.reset();
  record.streams.push_back({{"MZ2"}, noon + 60s, {}});
  estimate_cost(record, rates, 40, noon + 70s);
  EXPECT_EQ(record.cost.stream, (cost_part{{4'000, us_dollars}, false, cost_source::estimate, noon + 70s}));
}

TEST(CallCosts, AreFinalOnceAllHaveSaidTheirs) {
  auto record = a_call();
  record.conversations.push_back({{"conv_2"}, noon + 30s, {}, {}});
  record.ended = noon + 61s;
  estimate_cost(record, rates, 61, noon + 61s);
  EXPECT_TRUE(add_fact(record, report("conv_1", 30'000, 0.0021)));
  EXPECT_FALSE(record.cost.elevenlabs->is_final) << "the other conversation is not reported yet";
  EXPECT_TRUE(add_fact(record, report("conv_2", 25'000)));
  EXPECT_EQ(record.cost.elevenlabs->amount.amount, 55'000);
  EXPECT_TRUE(record.cost.elevenlabs->is_final);
  EXPECT_EQ(record.cost.llm->amount.amount, 2'100);
  EXPECT_FALSE(record.cost.twilio->is_final);
  const cost_part price{{8'500, us_dollars}, true, cost_source::vendor, noon + 5min};
  EXPECT_TRUE(add_fact(record, call_record::charge{part::twilio, price}));
  EXPECT_FALSE(add_fact(record, call_record::charge{part::twilio, price})) << "told again";
  EXPECT_TRUE(record.cost.twilio->is_final);
  EXPECT_EQ(total(record.cost), 65'600);
}

TEST(CallCosts, TakeAReportThatCameBeforeTheEnd) {
  auto record = a_call();
  EXPECT_TRUE(add_fact(record, report("conv_1", 30'000)));
  EXPECT_FALSE(record.cost.elevenlabs->is_final);
  record.ended = noon + 5min;
  estimate_cost(record, rates, 61, noon + 5min);
  EXPECT_EQ(record.cost.elevenlabs->amount.amount, 30'000) << "the vendor knows how long it lasted";
  EXPECT_TRUE(record.cost.elevenlabs->is_final);
}

TEST(CallCosts, OfNoConversationAreNothingAndFinalAtTheEnd) {
  auto record = a_call();
  record.conversations.clear();
  estimate_cost(record, rates, 61, noon + 61s);
  EXPECT_EQ(record.cost.elevenlabs, (cost_part{{0, us_dollars}, false, cost_source::estimate, noon + 61s}))
      << "one may come yet";
  record.ended = noon + 2min;
  estimate_cost(record, rates, 120, *record.ended);
  EXPECT_EQ(record.cost.elevenlabs, (cost_part{{0, us_dollars}, true, cost_source::estimate, noon + 2min}));
  EXPECT_EQ(total(record.cost), record.cost.twilio->amount.amount);
}

TEST(CallCosts, OfAConversationThatWasNeverTheCallersAreWhatItsReportSays) {
  auto record = a_call();
  record.conversations[0].ended = record.conversations[0].started;
  record.ended = noon + 61s;
  estimate_cost(record, rates, 61, *record.ended);
  EXPECT_EQ(record.cost.elevenlabs, (cost_part{{0, us_dollars}, false, cost_source::estimate, noon + 61s}))
      << "the vendor bills something all the same";
  ASSERT_TRUE(add_fact(record, report("conv_1", 1'000)));
  EXPECT_EQ(record.cost.elevenlabs, (cost_part{{1'000, us_dollars}, true, cost_source::estimate, noon + 2min}));
}

TEST(CallCosts, AreEstimatedAnewOfACallerWhoComesBackToHisFirstConversation) {
  auto record = a_call();
  const auto conversations = std::exchange(record.conversations, {});
  record.ended = noon + 30s;
  estimate_cost(record, rates, 30, *record.ended);
  ASSERT_TRUE(record.cost.elevenlabs->is_final);
  record.ended.reset();
  record.conversations = conversations;
  estimate_cost(record, rates, 60, noon + 60s);
  EXPECT_EQ(record.cost.elevenlabs, (cost_part{{60'000, us_dollars}, false, cost_source::estimate, noon + 60s}));
  record.ended = noon + 90s;
  estimate_cost(record, rates, 90, *record.ended);
  EXPECT_EQ(record.cost.elevenlabs, (cost_part{{90'000, us_dollars}, false, cost_source::estimate, noon + 90s}))
      << "its report is to come";
  ASSERT_TRUE(add_fact(record, report("conv_1", 30'000)));
  EXPECT_EQ(record.cost.elevenlabs->amount.amount, 30'000);
  EXPECT_TRUE(record.cost.elevenlabs->is_final);
}

/// A node that was killed may have lost what its call's conversation was called.
TEST(CallCosts, AreReportedOfAConversationThatTheCallDoesNotKnow) {
  for (const auto at : {noon + 1min, noon + 5min}) {
    auto record = a_call();
    record.conversations.clear();
    record.ended = noon + 2min;
    estimate_cost(record, rates, 120, *record.ended);
    auto told = report("conv_9", 30'000);
    told.at = at;
    ASSERT_TRUE(add_fact(record, told));
    EXPECT_EQ(record.cost.elevenlabs, (cost_part{{30'000, us_dollars}, true, cost_source::estimate, at}));
  }
}

TEST(CallCosts, OfABurstAreTwice) {
  EXPECT_EQ(conversation_price(rates.at(noon), 60, false), 60'000);
  EXPECT_EQ(conversation_price(rates.at(noon), 60, true), 120'000);
}

TEST(CallCosts, StandInTheRecordAsTheyAre) {
  auto record = a_call();
  record.call = {"CA1"};
  record.ended = noon + 61s;
  record.metered_seconds = 61;
  record.account = {"AC1"};
  record.node = "gw-1";
  record.build = "0.1.0";
  estimate_cost(record, rates, 61, noon + 61s);
  ASSERT_TRUE(add_fact(record, report("conv_1", 61'001)));
  const auto again = parse_call_record(to_json(record));
  ASSERT_TRUE(again);
  EXPECT_EQ(*again, record);
}

TEST(CallCosts, OfALegAreByItsBegunMinutesOnceSomebodyHasTakenIt) {
  const struct {
    const char* status;
    std::uint32_t seconds;
    cost_part costs;
  } rows[] = {
      {"completed", 61, {{40'000, us_dollars}, false, cost_source::estimate, noon}},
      {"answered", 0, {{20'000, us_dollars}, false, cost_source::estimate, noon}},
      {"no-answer", 0, {{0, us_dollars}, true, cost_source::estimate, noon}},
      {"busy", 0, {{0, us_dollars}, true, cost_source::estimate, noon}},
      {"failed", 0, {{0, us_dollars}, true, cost_source::estimate, noon}},
      {"canceled", 0, {{0, us_dollars}, true, cost_source::estimate, noon}},
      {"", 0, {{0, us_dollars}, false, cost_source::estimate, noon}},
  };
  for (const auto& row : rows)
    EXPECT_EQ(estimate_of_leg(rates, noon, {{"CA2"}, row.status, row.seconds, noon}), row.costs) << row.status;
}

TEST(CallCosts, OfLegsAreFinalOnceEachOfThemIs) {
  auto record = a_call();
  call_record::leg first{{"CA2"}, "completed", 30, noon}, second{{"CA3"}, "completed", 61, noon + 1s};
  first.cost = estimate_of_leg(rates, noon, first);
  second.cost = estimate_of_leg(rates, noon, second);
  ASSERT_TRUE(add_fact(record, first));
  ASSERT_TRUE(add_fact(record, second));
  EXPECT_FALSE(add_fact(record, second)) << "told twice";
  EXPECT_EQ(record.cost.transfer, (cost_part{{60'000, us_dollars}, false, cost_source::estimate, noon + 1s}));
  first.cost = cost_part{{14'000, us_dollars}, true, cost_source::vendor, noon + 3min};
  ASSERT_TRUE(add_fact(record, first));
  EXPECT_EQ(record.cost.transfer, (cost_part{{54'000, us_dollars}, false, cost_source::estimate, noon + 3min}));
  second.cost = cost_part{{28'000, us_dollars}, true, cost_source::vendor, noon + 4min};
  second.seconds = 60;
  ASSERT_TRUE(add_fact(record, second));
  EXPECT_EQ(record.cost.transfer, (cost_part{{42'000, us_dollars}, true, cost_source::vendor, noon + 4min}));
  EXPECT_EQ(record.legs[1].seconds, 61u) << "its length stands once it is told";
  EXPECT_EQ(total(record.cost), 42'000);
}

TEST(CallCosts, OfALegThatEndsLaterAreItsEnds) {
  auto record = a_call();
  call_record::leg leg{{"CA2"}, "", 0, noon};
  leg.cost = estimate_of_leg(rates, noon, leg);
  ASSERT_TRUE(add_fact(record, leg));
  EXPECT_FALSE(record.cost.transfer->is_final);
  leg = {{"CA2"}, "completed", 61, noon + 2min};
  leg.cost = estimate_of_leg(rates, noon, leg);
  ASSERT_TRUE(add_fact(record, leg));
  EXPECT_EQ(record.legs.size(), 1u);
  EXPECT_EQ(record.cost.transfer->amount.amount, 40'000);
}

TEST(CallCosts, OfRecordingsAndMessagesAddUp) {
  auto record = a_call();
  call_record::voicemail_message message{"RE1", "https://api.twilio.com/RE1", 61, noon};
  message.cost = estimate_of_recording(rates, noon, message.seconds, noon);
  ASSERT_TRUE(add_fact(record, message));
  ASSERT_TRUE(add_fact(record, call_record::recording{"RE2", "in-progress", "", 0, "answer", noon}));
  EXPECT_EQ(record.cost.recording, (cost_part{{6'000, us_dollars}, false, cost_source::estimate, noon}));
  call_record::recording completed{"RE2", "completed", "", 9, "callback", noon + 9s};
  completed.cost = estimate_of_recording(rates, noon, 9, noon + 9s);
  ASSERT_TRUE(add_fact(record, completed));
  EXPECT_EQ(record.cost.recording->amount.amount, 9'000);
  const auto charge = [](const char* sid, micros amount) {
    return call_record::charge{part::recording, {{amount, us_dollars}, true, cost_source::vendor, noon + 5min}, sid};
  };
  EXPECT_FALSE(add_fact(record, charge("RE9", 1))) << "nobody has it";
  ASSERT_TRUE(add_fact(record, charge("RE1", 5'000)));
  EXPECT_FALSE(record.cost.recording->is_final);
  ASSERT_TRUE(add_fact(record, charge("RE2", 2'500)));
  EXPECT_EQ(record.cost.recording, (cost_part{{7'500, us_dollars}, true, cost_source::vendor, noon + 5min}));
  EXPECT_FALSE(add_fact(record, charge("RE2", 2'500))) << "told twice";
  ASSERT_TRUE(add_fact(record, call_record::recording{"RE2", "deleted", "", 0, "answer", noon + 24h}));
  EXPECT_EQ(record.cost.recording->amount.amount, 7'500) << "it has cost that all the same";
}

TEST(CallCosts, OfRecordingsLeaveOutTheOneThatCameToNothing) {
  auto record = a_call();
  ASSERT_TRUE(add_fact(record, call_record::recording{"RE1", "absent", "", 0, "callback", noon}));
  EXPECT_FALSE(record.cost.recording);
}

const auto with_euros = test_rates(R"("exchange":{"EUR":1.25},)");
const currency euros = *currency::parse("EUR");

TEST(CallCosts, OfAPriceInAnotherCurrencyStandInBoth) {
  auto record = a_call();
  record.metered_seconds = 61;
  record.streams.push_back({{"MZ1"}, noon, noon + 61s});
  estimate_cost(record, with_euros, 61, noon + 61s);
  const auto price = twilios_price(with_euros, noon, {8'000, euros}, noon + 5min);
  EXPECT_EQ(price, (cost_part{{8'000, euros}, true, cost_source::vendor, noon + 5min, 10'000}));
  ASSERT_TRUE(add_fact(record, call_record::charge{part::twilio, price}));
  EXPECT_EQ(total(record.cost), 10'000 + 4'000 + 61'000) << "and the stream's, by our rates in dollars";
  record.call = {"CA1"};
  record.ended = noon + 61s;
  const auto again = parse_call_record(to_json(record));
  ASSERT_TRUE(again);
  EXPECT_EQ(*again, record);
}

TEST(CallCosts, OfAPriceWithoutARateAreTheBillsOwnAndHaveNoTotal) {
  auto record = a_call();
  record.metered_seconds = 61;
  estimate_cost(record, rates, 61, noon + 61s);
  const auto price = twilios_price(rates, noon, {8'000, euros}, noon + 5min);
  EXPECT_EQ(price, (cost_part{{8'000, euros}, true, cost_source::vendor, noon + 5min}));
  ASSERT_TRUE(add_fact(record, call_record::charge{part::twilio, price}));
  EXPECT_EQ(total(record.cost), std::nullopt);
  EXPECT_EQ(sum_in_dollars(record.cost).amount, 61'000) << "ElevenLabs' part is known";
  EXPECT_FALSE(sum_in_dollars(record.cost).is_all);
}

/// Estimates are in dollars until the prices come.
TEST(CallCosts, OfLegsInTwoCurrenciesAddUpInDollars) {
  for (const auto* card : {&with_euros, &rates}) {
    const bool has_rate = card == &with_euros;
    auto record = a_call();
    call_record::leg first{{"CA2"}, "completed", 30, noon}, second{{"CA3"}, "completed", 61, noon},
        nobody{{"CA4"}, "no-answer", 0, noon};
    for (auto* leg : {&first, &second, &nobody}) {
      leg->cost = estimate_of_leg(*card, noon, *leg);
      ASSERT_TRUE(add_fact(record, *leg));
    }
    EXPECT_EQ(record.cost.transfer->amount, (money{60'000, us_dollars}));
    first.cost = twilios_price(*card, noon, {12'000, euros}, noon + 3min);
    ASSERT_TRUE(add_fact(record, first));
    EXPECT_FALSE(record.cost.transfer->is_final);
    if (has_rate)
      EXPECT_EQ(record.cost.transfer->amount, (money{15'000 + 40'000, us_dollars}));
    else
      EXPECT_EQ(record.cost.transfer->amount, (money{12'000, euros})) << "what is billed so far";
    EXPECT_EQ(total(record.cost), has_rate ? std::optional<micros>{55'000} : std::nullopt);
    second.cost = twilios_price(*card, noon, {20'000, euros}, noon + 4min);
    ASSERT_TRUE(add_fact(record, second));
    EXPECT_EQ(record.cost.transfer->amount, (money{32'000, euros}));
    EXPECT_TRUE(record.cost.transfer->is_final);
    EXPECT_EQ(total(record.cost), has_rate ? std::optional<micros>{40'000} : std::nullopt);
  }
}

const auto by_credit = test_rates(R"("creditPrice":0.00015,)");

TEST(CallCosts, AreElevenLabsChargeOnceACreditHasAPrice) {
  const struct {
    const rate_card& card;
    std::optional<std::uint64_t> credits;
    std::optional<std::uint32_t> seconds;
    std::optional<micros> price;
    bool charged;
  } table[] = {
      {by_credit, 410, 62, 61'500, true}, {by_credit, {}, 62, 62'000, false}, {rates, 410, 62, 62'000, false},
      {by_credit, {}, {}, {}, false},     {by_credit, 0, 3, 0, true},
  };
  for (const auto& row : table) {
    call_record::vendor_report told;
    told.credits = row.credits;
    told.seconds = row.seconds;
    price_report(told, row.card.at(noon));
    EXPECT_EQ(told.price, row.price);
    EXPECT_EQ(told.charged, row.charged);
  }
}

TEST(CallCosts, AreTheVendorsWordOnceEachConversationIsCharged) {
  auto record = a_call();
  record.conversations.push_back({{"conv_2"}, noon + 30s, {}, {}});
  record.call = {"CA1"};
  record.ended = noon + 61s;
  estimate_cost(record, by_credit, 61, noon + 61s);
  auto first = report("conv_1", 30'000, 0.0021), second = report("conv_2", 25'000, 0.003);
  first.charged = second.charged = true;
  ASSERT_TRUE(add_fact(record, first));
  EXPECT_EQ(record.cost.elevenlabs->source, cost_source::estimate) << "the other conversation is not told yet";
  ASSERT_TRUE(add_fact(record, second));
  EXPECT_EQ(record.cost.elevenlabs->amount.amount, 55'000);
  EXPECT_EQ(record.cost.elevenlabs->source, cost_source::vendor);
  EXPECT_TRUE(record.cost.elevenlabs->is_final);
  EXPECT_FALSE(record.cost.llm) << "the model is in the credits";
  const auto again = parse_call_record(to_json(record));
  ASSERT_TRUE(again);
  EXPECT_EQ(*again, record);
}

TEST(CallCosts, StayAnEstimateWhereOneConversationIsNotCharged) {
  auto record = a_call();
  record.conversations.push_back({{"conv_2"}, noon + 30s, {}, {}});
  record.ended = noon + 61s;
  auto charged = report("conv_1", 30'000);
  charged.charged = true;
  ASSERT_TRUE(add_fact(record, charged));
  ASSERT_TRUE(add_fact(record, report("conv_2", 25'000, 0.003)));
  EXPECT_EQ(record.cost.elevenlabs->source, cost_source::estimate);
  EXPECT_EQ(record.cost.llm->amount.amount, 3'000);
}

}  // namespace
}  // namespace tonris::model
