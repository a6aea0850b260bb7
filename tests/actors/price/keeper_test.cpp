#include "actors/price/keeper.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "model/call/costing.hpp"
#include "model/call/later_fact.hpp"
#include "tests/actors/fixture.hpp"

namespace tonris::actors::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string sid_1 = "CA00000000000000000000000000000001", sid_2 = "CA00000000000000000000000000000002";
const model::call_record::time noon{1'795'341'600s};

class PriceKeeper : public ActorTest {
 protected:
  void SetUp() override {
    store = track_as<call_store>(system.spawn([this](caf::event_based_actor*) -> caf::behavior {
      return {[this](const find_record& m) { return found_record{records[m.call.value]}; },
              [this](const find_calls& m) {
                found_calls found;
                for (const auto& [sid, json] : records)
                  if (!m.of_this_node || !of_another_node.contains(sid)) found.records.push_back(json);
                return found;
              }};
    }));
    supervisor = track_as<call_supervisor>(system.spawn([this](caf::event_based_actor*) -> caf::behavior {
      return {[this](const learn_fact& m) {
        if (const auto* const charge = std::get_if<model::call_record::charge>(&m.fact)) learned.push_back(*charge);
        if (const auto* const progress = std::get_if<model::carrier_progress>(&m.fact)) reported.push_back(*progress);
        auto record = *model::parse_call_record(records[m.call.value]);
        add_fact(record, m.fact);
        records[m.call.value] = to_json(record);
        return fact_learned{remembers};
      }};
    }));
    registry = track_as<tenant_registry>(system.spawn([this](caf::event_based_actor*) -> caf::behavior {
      return {[this](const find_tenant_by_id&) { return found_tenant{tenant}; }};
    }));
    twilio = track_as<twilio_rest>(system.spawn([this](caf::event_based_actor* self) -> caf::behavior {
      return {[this, self](const ask_twilio& m) -> caf::result<twilio_answer> {
        asked.push_back(m);
        if (hold) {
          held.push_back(self->make_response_promise<twilio_answer>());
          return held.back();
        }
        for (const auto& [part, its] : answers_about)
          if (m.target.find(part) != std::string::npos) return its;
        auto of_the_call = answer;
        constexpr std::string_view place = "of the call";
        const auto sid = m.target.substr(m.target.rfind('/') + 1, sid_1.size());
        if (const auto at = answer.body.find(place); at != std::string::npos)
          of_the_call.body.replace(at, place.size(), sid);
        return of_the_call;
      }};
    }));
    elevenlabs = track_as<vendor_api>(system.spawn([this](caf::event_based_actor*) -> caf::behavior {
      return {[this](const fetch_conversation& m) {
        asked_about.push_back(m.conversation.value);
        return conversation;
      }};
    }));
    callbacks = track_as<callback_keeper>(system.spawn([this](caf::event_based_actor*) -> caf::behavior {
      return {[this](const keep_callback& m) {
        kept.push_back(m.body);
        return callback_kept{callback_kept::outcome::kept};
      }};
    }));
  }
  void TearDown() override {
    store = nullptr;
    supervisor = nullptr;
    registry = nullptr;
    twilio = nullptr;
    held.clear();
    elevenlabs = nullptr;
    callbacks = nullptr;
    keeper = nullptr;
    ActorTest::TearDown();
  }
  void start() {
    price_keeper_settings with;
    with.board = board;
    with.store = store;
    with.supervisor = supervisor;
    with.journal = journal;
    with.registry = registry;
    with.twilio = twilio;
    with.elevenlabs = elevenlabs;
    with.callbacks = callbacks;
    with.main = {{"AC1"}, tonris::config::secret{"token"}};
    with.first = first;
    with.rates = std::make_shared<const model::rate_card>(rates);
    with.wall_clock = [this] { return noon + (scheduler.clock().now() - began); };
    with.random = [] { return 0U; };
    with.counters = &counters;
    keeper = track_as<price_keeper>(caf::actor_cast<caf::actor>(keep_prices(system, std::move(with))));
    settle();
  }
  /// The call has ended now, and its record is written.
  void ends(const std::string& sid, const std::string& account = "AC1", const std::string& conversation_id = "") {
    model::call_record record;
    record.call = {sid};
    record.tenant = {"salon"};
    record.account = {account};
    record.started = noon;
    record.ended = noon + 61s;
    record.metered_seconds = 61;
    if (!conversation_id.empty()) record.conversations.push_back({{conversation_id}, noon, record.ended, 1000});
    estimate_cost(record, model::rate_card::standard(), 61, *record.ended);
    records[sid] = to_json(record);
    board->happened({"salon"}, {{sid}, noon + (scheduler.clock().now() - began), model::call_moment::ended, "x"});
  }
  /// Of an ended call, whatever it was told.
  model::call_record record_of(const std::string& sid) { return *model::parse_call_record(records[sid]); }
  void change(const std::string& sid, const std::function<void(model::call_record&)>& how) {
    auto record = record_of(sid);
    how(record);
    records[sid] = to_json(record);
  }
  void happens(const std::string& sid, model::call_moment what) {
    board->happened({"salon"}, {{sid}, noon + (scheduler.clock().now() - began), what, "x"});
  }
  std::size_t asked_for(const std::string& part) const {
    return static_cast<std::size_t>(std::count_if(
        asked.begin(), asked.end(), [&](const ask_twilio& one) { return one.target.find(part) != std::string::npos; }));
  }
  void pass_slowly(std::chrono::seconds time) {
    for (auto passed = 0s; passed < time; passed += 10s) pass(10s);
  }
  double counted_as(const std::string& outcome) {
    return counted(R"(tonris_prices_total{outcome=")" + outcome + "\"}");
  }

  std::shared_ptr<live_board> board = std::make_shared<live_board>();
  std::shared_ptr<call_journal> journal = std::make_shared<call_journal>([] {});
  std::map<std::string, std::string> records;
  std::set<std::string> of_another_node;
  std::vector<model::call_record::charge> learned;
  std::vector<model::carrier_progress> reported;  ///< of Twilio's calls
  std::chrono::seconds first = model::first_price_poll;
  model::rate_card rates = model::rate_card::standard();
  std::vector<ask_twilio> asked;
  twilio_answer answer{
      200, R"({"sid":"of the call","status":"completed","duration":"61","price":"-0.01700","price_unit":"USD"})"};
  std::map<std::string, twilio_answer> answers_about;  ///< in place of it, by a part of the question's path
  std::vector<std::string> asked_about, kept;
  vendor_document conversation{vendor_document::outcome::found,
                               R"({"conversation_id":"conv_1","status":"processing"})"};
  bool remembers = false;
  bool hold = false;  ///< Twilio does not answer yet
  std::vector<caf::typed_response_promise<twilio_answer>> held;
  tenant_ptr tenant;
  call_store store;
  call_supervisor supervisor;
  tenant_registry registry;
  twilio_rest twilio;
  vendor_api elevenlabs;
  callback_keeper callbacks;
  price_keeper keeper;
  const caf::actor_clock::time_point began = scheduler.clock().now();
};

TEST_F(PriceKeeper, AsksTwoMinutesAfterTheEndAndBringsItIntoTheRecord) {
  start();
  ends(sid_1);
  pass_slowly(100s);
  EXPECT_THAT(asked, IsEmpty()) << "Twilio has not rated it yet";
  pass_slowly(40s);
  ASSERT_EQ(asked.size(), 1u);
  EXPECT_EQ(asked[0].target, "/2010-04-01/Accounts/AC1/Calls/" + sid_1 + ".json");
  ASSERT_EQ(learned.size(), 1u);
  EXPECT_EQ(learned[0].cost.amount.amount, 17'000) << "and nothing of ours";
  EXPECT_TRUE(learned[0].cost.is_final);
  const auto batch = journal->take();
  EXPECT_EQ(batch.facts.size(), 2u) << "nobody remembers the call: the record learns both";
  ASSERT_EQ(reported.size(), 1u);
  EXPECT_EQ(reported[0].seconds, 61u);
  EXPECT_EQ(reported[0].source, model::carrier_progress::source_type::rest);
  pass_slowly(1000s);
  EXPECT_EQ(asked.size(), 1u) << "once";
  EXPECT_EQ(counted_as("found"), 1);
  EXPECT_EQ(counted("tonris_prices_waiting"), 0);
}

TEST_F(PriceKeeper, ExchangesWhatAnAccountInEurosIsBilled) {
  rates = *model::rate_card::parse(R"({"rates":[{"from":"2025-01-01","twilioPerMinute":0.0085,)"
                                   R"("mediaStreamPerMinute":0.004,"elevenLabsPerMinute":0.1,)"
                                   R"("outboundPerMinute":0.014,"recordingPerMinute":0.0025,)"
                                   R"("exchange":{"EUR":1.25},"source":"of the test"}]})");
  answer.body = R"({"sid":"of the call","status":"completed","duration":"61","price":"-0.01600","price_unit":"EUR"})";
  start();
  ends(sid_1);
  pass_slowly(140s);
  ASSERT_EQ(learned.size(), 1u);
  EXPECT_EQ(learned[0].cost.amount, (model::money{16'000, *model::currency::parse("EUR")}));
  EXPECT_EQ(learned[0].cost.dollars, 20'000);
  EXPECT_EQ(counted("tonris_prices_without_rate_total"), 0);
}

TEST_F(PriceKeeper, CountsABillInACurrencyThatNobodyHasSetARateFor) {
  answer.body = R"({"sid":"of the call","status":"completed","duration":"61","price":"-0.01600","price_unit":"EUR"})";
  start();
  ends(sid_1);
  ends(sid_2);
  pass_slowly(140s);
  ASSERT_EQ(learned.size(), 2u);
  EXPECT_EQ(learned[0].cost.amount, (model::money{16'000, *model::currency::parse("EUR")})) << "the bill's own";
  EXPECT_EQ(learned[0].cost.dollars, std::nullopt);
  EXPECT_EQ(counted_as("found"), 2);
  EXPECT_EQ(counted("tonris_prices_without_rate_total"), 2);
}

TEST_F(PriceKeeper, AsksNobodyAboutAnotherNodesCalls) {
  ends(sid_1);
  ends(sid_2);
  of_another_node = {sid_2};
  start();
  pass_slowly(1h);
  ASSERT_EQ(asked.size(), 1u);
  EXPECT_THAT(asked[0].target, HasSubstr(sid_1));
}

TEST_F(PriceKeeper, LeavesTheRecordToWhoRemembersTheCall) {
  remembers = true;
  start();
  ends(sid_1);
  pass_slowly(140s);
  EXPECT_EQ(learned.size(), 1u);
  EXPECT_TRUE(journal->take().facts.empty());
}

TEST_F(PriceKeeper, AsksAgainWithGrowingPausesAndGivesUpAfterADay) {
  answer.body = R"({"sid":"of the call","status":"completed","duration":"61","price":null,"price_unit":"USD"})";
  start();
  ends(sid_1);
  pass_slowly(1h);
  EXPECT_EQ(asked.size(), 4u) << "2, 6, 14 and 30 minutes after the end";
  pass_slowly(24h);
  const auto tries = asked.size();
  EXPECT_LT(tries, 25u);
  EXPECT_EQ(counted_as("given_up"), 1);
  pass_slowly(5h);
  EXPECT_EQ(asked.size(), tries);
  EXPECT_EQ(counted("tonris_prices_waiting"), 0);
}

/// Metered 61 s: two minutes had begun.
TEST_F(PriceKeeper, LeavesAnEstimateByTwiliosLengthWhereNoPriceEverComes) {
  answer.body = R"({"sid":"of the call","status":"completed","duration":"59","price":null,"price_unit":"USD"})";
  start();
  ends(sid_1);
  ASSERT_EQ(record_of(sid_1).cost.twilio->amount.amount, 17'000);
  pass_slowly(140s);
  const auto told = record_of(sid_1);
  ASSERT_TRUE(told.twilio);
  EXPECT_EQ(told.cost.twilio,
            (model::cost_part{{8'500, model::us_dollars}, false, model::cost_source::estimate, told.twilio->at}));
  EXPECT_EQ(told.metered_seconds, 61u) << "as limits count it";
  pass_slowly(25h);
  EXPECT_EQ(counted_as("given_up"), 1);
  EXPECT_EQ(record_of(sid_1), told);
}

TEST_F(PriceKeeper, AsksAgainWhereTwilioDoesNotAnswer) {
  answer = {0, {}, "away", true};
  start();
  ends(sid_1);
  pass_slowly(140s);
  EXPECT_EQ(counted_as("failed"), 1);
  answer = {200, R"({"sid":"of the call","status":"completed","duration":"61","price":"-0.01","price_unit":"USD"})"};
  pass_slowly(10min);
  EXPECT_EQ(counted_as("found"), 1);
}

TEST_F(PriceKeeper, FindsAtItsStartWhatTheLifeBeforeLeft) {
  ends(sid_1);
  ends(sid_2);
  board = std::make_shared<live_board>();
  start();
  pass_slowly(200s);
  EXPECT_EQ(asked.size(), 2u);
}

TEST_F(PriceKeeper, AsksByTheAccountOfTheCall) {
  auto own = std::make_shared<model::tenant>();
  own->id = {"salon"};
  own->secrets.account = {"AC2"};
  own->secrets.auth_tokens = {model::tenant_secret::form::plain, "own"};
  tenant = own;
  start();
  ends(sid_1, "AC2");
  ends(sid_2, "AC3");
  pass_slowly(140s);
  ASSERT_EQ(asked.size(), 1u) << "of an account that nobody has the token of nobody can ask";
  EXPECT_EQ(asked[0].as.sid.value, "AC2");
  EXPECT_EQ(asked[0].as.token.reveal(), "own");
}

TEST_F(PriceKeeper, TakesNoOtherCallsPrice) {
  answer.body = R"({"sid":"CA00000000000000000000000000000009","price":"-0.01","price_unit":"USD"})";
  start();
  ends(sid_1);
  pass_slowly(140s);
  EXPECT_THAT(learned, IsEmpty());
  EXPECT_EQ(counted_as("failed"), 1);
}

TEST_F(PriceKeeper, AsksWhatARefusedCallHasCostWhichHasNoStream) {
  start();
  ends(sid_1);
  auto refused = *model::parse_call_record(records[sid_1]);
  refused.call = {sid_2};
  refused.metered_seconds = 0;
  refused.cost = model::estimate_of_refusal(model::rate_card::standard(), noon, noon);
  records = {{sid_2, to_json(refused)}};
  board->happened({"salon"}, {{sid_2}, noon, model::call_moment::refused, "month_minutes"});
  answer.body = R"({"sid":"of the call","status":"completed","duration":"4","price":"-0.00850","price_unit":"USD"})";
  pass_slowly(140s);
  ASSERT_EQ(learned.size(), 1u);
  EXPECT_EQ(learned[0].cost.amount.amount, 8'500);
  EXPECT_EQ(reported.at(0).seconds, 4u);
}

TEST_F(PriceKeeper, LearnsOnceHowACallEndedAndLeavesTheCallbacksWordAlone) {
  answer.body = R"({"sid":"of the call","status":"completed","duration":"61","price":null,"price_unit":"USD"})";
  remembers = true;
  start();
  ends(sid_1);
  ends(sid_2);
  auto told = *model::parse_call_record(records[sid_2]);
  told.twilio = model::carrier_progress{model::carrier_progress::source_type::callback,
                                        model::twilio::call_status::completed, 0, 60, noon};
  records[sid_2] = to_json(told);
  pass_slowly(1h);
  EXPECT_GT(asked.size(), 4u) << "until there is a price";
  ASSERT_EQ(reported.size(), 1u);
  EXPECT_EQ(model::parse_call_record(records[sid_1])->twilio->seconds, 61u);
  EXPECT_EQ(model::parse_call_record(records[sid_2])->twilio->seconds, 60u);
}

TEST_F(PriceKeeper, BeginsWhenItIsSetToAndAsksAboutFourCallsAtOnce) {
  first = 1s;
  start();
  for (int n = 0; n < 9; ++n) {
    auto sid = sid_1;
    sid.back() = static_cast<char>('1' + n);
    ends(sid);
  }
  std::size_t most = 0;
  hold = true;
  pass_slowly(10s);
  for (int n = 0; n < 40; ++n) pass(25ms);
  most = asked.size();
  EXPECT_EQ(most, price_keeper_settings::at_once);
}

class ReportsThatDoNotCome : public PriceKeeper {
 protected:
  void SetUp() override {
    PriceKeeper::SetUp();
    auto one = std::make_shared<model::tenant>();
    one->id = {"salon"};
    tenant = one;
    start();
    ends(sid_1, "AC1", "conv_1");
  }
  /// As the keeper of callbacks does with what was told.
  void is_told(const std::string& sid, const std::string& of) {
    auto record = *model::parse_call_record(records[sid]);
    model::call_record::vendor_report told;
    told.conversation = {of};
    told.seconds = 60;
    record.reports.push_back(told);
    records[sid] = to_json(record);
  }
  double reports(const std::string& outcome) {
    return counted(R"(tonris_reports_asked_total{outcome=")" + outcome + "\"}");
  }
};

TEST_F(ReportsThatDoNotCome, AreAskedForTenMinutesAfterTheCallUntilTheVendorIsDone) {
  pass_slowly(10min);
  EXPECT_THAT(asked_about, IsEmpty()) << "ElevenLabs may still tell by itself";
  EXPECT_EQ(learned.size(), 1u) << "Twilio's price does not wait for it";
  pass_slowly(6min);
  EXPECT_THAT(asked_about, testing::ElementsAre("conv_1"));
  EXPECT_EQ(reports("pending"), 1);
  conversation.body = R"({"conversation_id":"conv_1","status":"done","metadata":{"call_duration_secs":60}})";
  pass_slowly(20min);
  EXPECT_EQ(reports("found"), 1);
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_THAT(kept[0], HasSubstr(R"("type":"post_call_transcription","data":{"conversation_id":"conv_1")"));
  is_told(sid_1, "conv_1");
  pass_slowly(24h);
  EXPECT_EQ(asked_about.size(), 2u) << "it is in the record now";
  EXPECT_EQ(asked.size(), 1u);
  EXPECT_EQ(counted("tonris_prices_waiting"), 0);
}

TEST_F(ReportsThatDoNotCome, AreNotAskedForWhereTheyCame) {
  is_told(sid_1, "conv_1");
  pass_slowly(1h);
  EXPECT_THAT(asked_about, IsEmpty());
  EXPECT_EQ(counted("tonris_prices_waiting"), 0);
}

TEST_F(ReportsThatDoNotCome, AreAskedForOnceWhereTheVendorHasNoSuchConversation) {
  conversation = {vendor_document::outcome::unknown, {}};
  pass_slowly(5h);
  EXPECT_EQ(asked_about.size(), 1u);
  EXPECT_EQ(reports("unknown"), 1);
  EXPECT_EQ(counted("tonris_prices_waiting"), 0);
}

TEST_F(ReportsThatDoNotCome, AreAskedForADayWhereNobodyAnswers) {
  conversation = {};
  pass_slowly(25h);
  const auto tries = asked_about.size();
  EXPECT_GT(tries, 10u);
  EXPECT_LT(tries, 25u);
  EXPECT_EQ(reports("failed"), static_cast<double>(tries));
  pass_slowly(5h);
  EXPECT_EQ(asked_about.size(), tries);
  EXPECT_EQ(counted_as("given_up"), 0) << "Twilio's price is known";
  EXPECT_EQ(counted("tonris_prices_waiting"), 0);
}

const std::string leg_1 = "CA00000000000000000000000000000011", leg_2 = "CA00000000000000000000000000000012";
const std::string message_1 = "RE00000000000000000000000000000001", recording_1 = "RE00000000000000000000000000000002";

std::string leg_json(const std::string& sid, const std::string& price, const std::string& status = "completed") {
  return R"({"sid":")" + sid + R"(","status":")" + status + R"(","duration":"61","price":)" + price +
         R"(,"price_unit":"USD"})";
}
std::string recording_json(const std::string& sid, const std::string& price) {
  return R"({"sid":")" + sid + R"(","status":"completed","duration":"9","price":)" + price + R"(,"price_unit":"USD"})";
}

TEST_F(PriceKeeper, BringsInWhatTheLegsOfTransfersCost) {
  answers_about["ParentCallSid=" + sid_1] = {
      200, R"({"calls":[)" + leg_json(leg_1, R"("-0.02800")") + "," + leg_json(leg_2, "null") + "]}", {}};
  start();
  ends(sid_1);
  change(sid_1, [](auto& record) {
    model::call_record::leg known{{leg_1}, "completed", 61, noon};
    known.cost = estimate_of_leg(model::rate_card::standard(), noon, known);
    record.legs = {known};
    record.transfers.resize(2);
    settle_legs(record);
  });
  EXPECT_EQ(record_of(sid_1).cost.transfer->amount.amount, 28'000) << "by the rate, so far";
  pass_slowly(140s);
  auto record = record_of(sid_1);
  ASSERT_EQ(record.legs.size(), 2u) << "the other one nobody had told of";
  EXPECT_EQ(record.legs[0].cost->source, model::cost_source::vendor);
  EXPECT_EQ(record.legs[1].call.value, leg_2);
  EXPECT_EQ(record.legs[1].source, "rest");
  EXPECT_FALSE(record.cost.transfer->is_final) << "it is not rated yet";
  EXPECT_TRUE(record.cost.twilio->is_final);
  EXPECT_EQ(counted("tonris_prices_waiting"), 1);
  answers_about["ParentCallSid=" + sid_1].body =
      R"({"calls":[)" + leg_json(leg_1, R"("-0.02800")") + "," + leg_json(leg_2, R"("-0.05600")") + "]}";
  pass_slowly(6min);
  record = record_of(sid_1);
  EXPECT_TRUE(record.cost.transfer->is_final);
  EXPECT_EQ(record.cost.transfer->amount.amount, 84'000);
  EXPECT_EQ(counted("tonris_prices_waiting"), 0);
  EXPECT_EQ(asked_for("/Calls/" + sid_1), 1u) << "its own price stands";
  EXPECT_EQ(record.legs[1].seconds, 61u);
  EXPECT_EQ(asked_for("ParentCallSid="), 2u);
}

TEST_F(PriceKeeper, TellsOfALegOnceWhatIsKnownOfIt) {
  answers_about["ParentCallSid="] = {200, R"({"calls":[)" + leg_json(leg_1, "null", "in-progress") + "]}", {}};
  start();
  ends(sid_1);
  change(sid_1, [](auto& record) {
    model::call_record::leg known{{leg_1}, "completed", 61, noon};
    known.cost = estimate_of_leg(model::rate_card::standard(), noon, known);
    record.legs = {known};
    settle_legs(record);
  });
  pass_slowly(140s);
  EXPECT_EQ(record_of(sid_1).cost.transfer->amount.amount, 28'000) << "the list is behind the callback";
  answers_about["ParentCallSid="].body = R"({"calls":[)" + leg_json(leg_1, "null") + "]}";
  (void)journal->take();
  pass_slowly(1h);
  EXPECT_EQ(journal->take().facts.size(), 0u);
  EXPECT_EQ(counted("tonris_prices_waiting"), 1);
}

TEST_F(PriceKeeper, WaitsForNoPriceOfALegThatNobodyHasTaken) {
  answers_about["ParentCallSid="] = {200, R"({"calls":[)" + leg_json(leg_1, "null", "no-answer") + "]}", {}};
  start();
  ends(sid_1);
  change(sid_1, [](auto& record) { record.fallback = "transfer"; });
  pass_slowly(140s);
  EXPECT_EQ(
      record_of(sid_1).cost.transfer,
      (model::cost_part{{0, model::us_dollars}, true, model::cost_source::estimate, record_of(sid_1).legs.at(0).at}));
  EXPECT_EQ(counted("tonris_prices_waiting"), 0);
}

TEST_F(PriceKeeper, TakesItThatNothingWasDialledOnceTheCallIsOver) {
  answers_about["ParentCallSid="] = {200, R"({"calls":[]})", {}};
  answer.body = R"({"sid":"of the call","status":"in-progress","duration":null,"price":null,"price_unit":"USD"})";
  start();
  ends(sid_1);
  change(sid_1, [](auto& record) { record.transfers.resize(1); });
  pass_slowly(140s);
  EXPECT_EQ(counted("tonris_prices_waiting"), 1) << "it may dial yet";
  answer.body = R"({"sid":"of the call","status":"completed","duration":"61","price":"-0.01","price_unit":"USD"})";
  pass_slowly(6min);
  EXPECT_EQ(counted("tonris_prices_waiting"), 0);
  EXPECT_FALSE(record_of(sid_1).cost.transfer);
}

TEST_F(PriceKeeper, BringsInWhatRecordingsAndMessagesCost) {
  answers_about["/Recordings/" + message_1] = {200, recording_json(message_1, R"("-0.00250")"), {}};
  answers_about["/Recordings/" + recording_1] = {200, recording_json(recording_1, "null"), {}};
  start();
  ends(sid_1);
  change(sid_1, [](auto& record) {
    record.voicemail = {{message_1, "https://api.twilio.com/" + message_1, 9, noon}};
    record.recordings = {{recording_1, "stopped", "", 0, "answer", noon}};
  });
  pass_slowly(140s);
  auto record = record_of(sid_1);
  EXPECT_EQ(record.voicemail[0].cost->amount.amount, 2'500);
  EXPECT_EQ(record.recordings[0].status, "completed") << "whose callback was lost";
  EXPECT_EQ(record.recordings[0].seconds, 9u);
  EXPECT_EQ(record.recordings[0].source, "rest");
  EXPECT_EQ(record.cost.recording->amount.amount, 5'000) << "one is an estimate";
  EXPECT_FALSE(record.cost.recording->is_final);
  answers_about["/Recordings/" + recording_1].body = recording_json(recording_1, R"("-0.00500")");
  pass_slowly(6min);
  EXPECT_EQ(record_of(sid_1).cost.recording->amount.amount, 7'500);
  EXPECT_TRUE(record_of(sid_1).cost.recording->is_final);
  EXPECT_EQ(asked_for("/Recordings/" + message_1), 1u);
  EXPECT_EQ(counted("tonris_prices_waiting"), 0);
}

TEST_F(PriceKeeper, TakesARecordingForGoneOnlyOnceItHadTheTimeToAppear) {
  first = 1s;
  answers_about["/Recordings/"] = {404, {}, {}};
  start();
  ends(sid_1);
  change(sid_1, [](auto& record) { record.voicemail = {{message_1, "https://api.twilio.com/x", 9, noon}}; });
  pass_slowly(50s);
  EXPECT_GE(asked_for("/Recordings/"), 3u) << "it is not there yet";
  EXPECT_FALSE(record_of(sid_1).voicemail[0].deleted);
  pass_slowly(60s);
  EXPECT_TRUE(record_of(sid_1).voicemail[0].deleted);
  EXPECT_EQ(counted("tonris_prices_waiting"), 0);
  const auto tries = asked_for("/Recordings/");
  pass_slowly(1h);
  EXPECT_EQ(asked_for("/Recordings/"), tries);
}

TEST_F(PriceKeeper, AsksAboutWhatComesInOnceTheCallItselfIsPriced) {
  answers_about["/Recordings/" + message_1] = {200, recording_json(message_1, R"("-0.00250")"), {}};
  start();
  ends(sid_1);
  pass_slowly(10min);
  ASSERT_EQ(counted("tonris_prices_waiting"), 0);
  change(sid_1, [](auto& record) { record.voicemail = {{message_1, "https://api.twilio.com/x", 9, noon + 10min}}; });
  happens(sid_1, model::call_moment::voicemail);
  pass_slowly(140s);
  EXPECT_TRUE(record_of(sid_1).cost.recording->is_final);
  EXPECT_EQ(asked_for("/Calls/"), 1u);
}

TEST_F(PriceKeeper, MissesNothingThatComesInJustBeforeItAsks) {
  answers_about["/Recordings/" + message_1] = {200, recording_json(message_1, R"("-0.00250")"), {}};
  start();
  ends(sid_1);
  pass_slowly(110s);
  happens(sid_1, model::call_moment::voicemail);  // its record does not show it yet
  pass_slowly(20s);
  EXPECT_EQ(asked_for("/Calls/"), 1u);
  change(sid_1, [](auto& record) { record.voicemail = {{message_1, "https://api.twilio.com/x", 9, noon + 2min}}; });
  pass_slowly(140s);
  EXPECT_TRUE(record_of(sid_1).cost.recording && record_of(sid_1).cost.recording->is_final);
  EXPECT_EQ(counted("tonris_prices_waiting"), 0);
}

TEST_F(PriceKeeper, LeavesWhatALiveCallDoesToItsEnd) {
  start();
  model::call_record live;
  live.call = {sid_1};
  live.tenant = {"salon"};
  live.started = noon;
  board->put(live, noon);
  happens(sid_1, model::call_moment::recording);
  pass_slowly(10min);
  EXPECT_EQ(counted("tonris_prices_waiting"), 0);
  ends(sid_1);
  pass_slowly(140s);
  EXPECT_EQ(asked_for("/Calls/" + sid_1), 1u);
}

}  // namespace
}  // namespace tonris::actors::test
