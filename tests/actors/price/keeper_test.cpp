#include "actors/price/keeper.hpp"

#include <gmock/gmock.h>

#include <chrono>
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
    with.rates = std::make_shared<const model::rate_card>(model::rate_card::standard());
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
  std::vector<ask_twilio> asked;
  twilio_answer answer{
      200, R"({"sid":"of the call","status":"completed","duration":"61","price":"-0.01700","price_unit":"USD"})"};
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
  EXPECT_EQ(learned[0].cost.amount.amount, 17'000 + 2 * 4'000) << "and the stream's two minutes";
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

}  // namespace
}  // namespace tonris::actors::test
