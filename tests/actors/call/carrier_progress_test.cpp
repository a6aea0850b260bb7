// What Twilio says of a call's progress, late, twice and out of order, and whom that reaches.
#include "tests/actors/call/call_fixture.hpp"

namespace tonris::actors::test {
namespace {

using model::end_reason;
using model::twilio::call_status;
using testing::IsEmpty;

class CallProgress : public CallTest {
 protected:
  void SetUp() override {
    store_of_calls = track_as<call_store>(system.spawn(store_of, stored));
    CallTest::SetUp();
  }
  void TearDown() override {
    store_of_calls = nullptr;
    CallTest::TearDown();
  }
  void is_told(call_status status, std::optional<std::uint32_t> sequence = {},
               std::optional<std::uint32_t> seconds = {}) {
    caf::anon_send(supervisor, call_status_changed{some_call, status, sequence, seconds});
    settle();
  }
  std::optional<model::carrier_progress> known() {
    const auto json = ask<call_description>(describe_call{some_call});
    const auto record = model::parse_call_record(json ? json->json : "");
    return record ? record->twilio : std::nullopt;
  }
  std::shared_ptr<store_script> stored = std::make_shared<store_script>();
  /// What is kept of the call now.
  std::optional<model::call_record> written() {
    std::optional<model::call_record> last;
    for (const auto& one : journal->take().records)
      if (auto record = model::parse_call_record(one.json)) last = *record;
    return last;
  }
};

/// What Twilio takes for so many minutes of a call that somebody has dialled, by our rates.
model::micros cost_of_minutes(const model::call_record& of, int begun) {
  return begun * model::rate_card::standard().at(of.started).twilio_per_minute;
}

TEST_F(CallProgress, EndsALiveCallAndIsInItsRecordBesideOurOwnMeter) {
  talk();
  is_told(call_status::in_progress, 2);
  EXPECT_EQ(recorded("state"), "talking");
  EXPECT_EQ(known()->status, call_status::in_progress);
  pass(3s);
  is_told(call_status::completed, 3, 61);
  EXPECT_EQ(recorded("state"), "ended");
  const auto record = written();
  ASSERT_TRUE(record && record->twilio);
  EXPECT_EQ(record->twilio->seconds, 61u);
  EXPECT_EQ(record->twilio->source, model::carrier_progress::source_type::callback);
  EXPECT_LT(record->metered_seconds, 61u) << "what limits count is not Twilio's";
  ASSERT_TRUE(record->cost.twilio);
  EXPECT_EQ(record->cost.twilio->amount.amount, cost_of_minutes(*record, 2)) << "by which it bills";
  EXPECT_EQ(record->cost.twilio->at, record->twilio->at);
}

TEST_F(CallProgress, CorrectsTheEstimateOfAFinalRecordAndNothingElseOfIt) {
  talk();
  pass(3s);
  caf::anon_send(supervisor, end_call{end_reason::operator_hung_up});
  settle();
  const auto before = written();
  ASSERT_TRUE(before && before->cost.twilio);
  EXPECT_EQ(before->cost.twilio->amount.amount, cost_of_minutes(*before, 1)) << "as we have metered it";
  pass(2s);
  is_told(call_status::completed, 3, 121);
  const auto after = written();
  ASSERT_TRUE(after && after->cost.twilio);
  EXPECT_EQ(after->cost.twilio->amount.amount, cost_of_minutes(*after, 3));
  EXPECT_EQ(after->cost.twilio->source, model::cost_source::estimate);
  EXPECT_FALSE(after->cost.twilio->is_final) << "its price is to come";
  EXPECT_EQ(after->cost.twilio->at, after->twilio->at);
  EXPECT_GT(after->cost.twilio->at, before->cost.twilio->at);
  auto without = *after;
  without.twilio = before->twilio;
  without.cost.twilio = before->cost.twilio;
  EXPECT_EQ(without, *before);
}

TEST_F(CallProgress, IsInTheEstimateOfACallThatTheNodesFormerLifeHad) {
  model::call_checkpoint state;
  state.record.call = some_call;
  state.record.tenant = tenant->id;
  state.record.started = calls->wall_clock();
  state.record.answered = state.record.started;
  state.record.state = model::call_state::talking;
  caf::anon_send(supervisor, restore_calls{{state}});
  settle();
  is_told(call_status::completed, 0, 121);
  const auto record = written();
  ASSERT_TRUE(record && record->twilio && record->cost.twilio);
  EXPECT_EQ(record->reason, end_reason::caller_hung_up);
  EXPECT_EQ(record->cost.twilio->amount.amount, cost_of_minutes(*record, 3));
  EXPECT_EQ(record->cost.twilio->at, record->twilio->at);
}

TEST_F(CallProgress, ReachesAFinalRecordOnceAndNeverReopensIt) {
  talk();
  caf::anon_send(supervisor, end_call{end_reason::operator_hung_up});
  settle();
  ASSERT_EQ(recorded("state"), "ended");
  (void)journal->take();
  is_told(call_status::in_progress, 2);
  EXPECT_THAT(journal->take().records, IsEmpty()) << "a late one that it goes on is nothing to a call that is over";
  is_told(call_status::completed, 3, 61);
  const auto once = written();
  ASSERT_TRUE(once && once->twilio);
  EXPECT_EQ(once->twilio->seconds, 61u);
  EXPECT_EQ(once->reason, end_reason::operator_hung_up);
  for (const auto late : {call_status::completed, call_status::in_progress, call_status::ringing}) is_told(late, 3, 70);
  is_told(call_status::completed, 9, 99);
  is_told(call_status::no_answer, 10, 0);
  EXPECT_THAT(journal->take().records, IsEmpty());
  EXPECT_EQ(known()->seconds, 61u);
  EXPECT_EQ(recorded("state"), "ended");
}

TEST_F(CallProgress, OfACallThatNobodyHereRemembersGoesToItsStoredRecord) {
  is_told(call_status::completed, 0, 61);
  EXPECT_EQ(journal->take().facts.size(), 1u) << "the store may have it";
  table->finished = std::make_shared<model::call_filter>();
  is_told(call_status::completed, 0, 61);
  EXPECT_THAT(journal->take().facts, IsEmpty()) << "it has surely not";
  table->finished->add(some_call);
  is_told(call_status::in_progress, 0);
  EXPECT_THAT(journal->take().facts, IsEmpty());
  is_told(call_status::completed, 0, 61);
  const auto facts = journal->take().facts;
  ASSERT_EQ(facts.size(), 1u);
  EXPECT_EQ(facts[0].call, some_call);
  EXPECT_EQ(std::get<model::carrier_progress>(facts[0].what).seconds, 61u);
}

TEST_F(CallProgress, OfARefusedCallSaysHowLongTheWordsWere) {
  ASSERT_TRUE(ask<call_answer>(refuse_call{request_of(some_call), tenant, end_reason::no_agent}));
  auto record = written();
  ASSERT_TRUE(record && record->cost.twilio);
  EXPECT_EQ(record->cost.twilio->amount.amount, model::rate_card::standard().at(record->started).twilio_per_minute)
      << "Twilio answered it with words: a minute has begun";
  EXPECT_FALSE(record->cost.twilio->is_final);
  EXPECT_FALSE(record->cost.elevenlabs);
  EXPECT_EQ(record->metered_seconds, 0u);
  EXPECT_EQ(record->account, request_of(some_call).account) << "whose bill it is on";
  is_told(call_status::completed, 0, 4);
  record = written();
  ASSERT_TRUE(record && record->twilio);
  EXPECT_EQ(record->twilio->seconds, 4u);
  EXPECT_EQ(record->cost.twilio->amount.amount, cost_of_minutes(*record, 1));
  is_told(call_status::completed, 1, 61);
  is_told(call_status::no_answer, 2, 0);
  EXPECT_THAT(journal->take().records, IsEmpty()) << "the first length stands";
}

}  // namespace
}  // namespace tonris::actors::test
