#include "model/call/costing.hpp"

#include <gtest/gtest.h>

#include <chrono>

#include "model/call/later_fact.hpp"

namespace tonris::model {
namespace {

using namespace std::chrono_literals;
using part = call_record::charge::part_type;

const call_record::time noon{1'795'341'600s};
const auto rates =
    rate_card::parse(R"({"rates":[{"from":"2025-01-01","twilioPerMinute":0.01,"mediaStreamPerMinute":0.002,
  "elevenLabsPerMinute":0.06,"source":"of the test"}]})")
        .value();

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
  EXPECT_EQ(record.cost.twilio->amount.amount, 24'000) << "two minutes have begun";
  EXPECT_EQ(record.cost.elevenlabs->amount.amount, 61'000);
  estimate_cost(record, rates, 62, noon + 62s);
  EXPECT_EQ(record.cost.elevenlabs->amount.amount, 62'000);
  EXPECT_FALSE(record.cost.twilio->is_final);
  EXPECT_FALSE(record.cost.elevenlabs->is_final);
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

}  // namespace
}  // namespace tonris::model
