#include "actors/call/store_answers.hpp"

#include "tests/actors/call/call_store_fixture.hpp"

namespace tonris::actors {
namespace {

using namespace test;
using namespace std::chrono_literals;
using model::call_moment;

TEST_F(CallStore, SaysAtTheStartWhichCallsHaveARecordAndWhatItKnowsOfOne) {
  open();
  store.journal->record({some_call, "salon-1", now(), record_of(some_call)});
  end();
  open();
  const auto former = calls();
  ASSERT_TRUE(former.finished);
  EXPECT_TRUE(former.finished->perhaps(some_call));
  EXPECT_FALSE(former.finished->perhaps({"CA2"}));
  EXPECT_EQ(ask<found_call>(find_call{some_call})->state->record.call, some_call);
  EXPECT_FALSE(ask<found_call>(find_call{{"CA2"}})->state);
  store.journal->record({{"CA2"}, "salon-1", now(), record_of({"CA2"})});
  EXPECT_TRUE(ask<found_call>(find_call{{"CA2"}})->state) << "also what still waits in the journal";
}

TEST_F(CallStore, SaysOfWhichDaysSomethingHasComeUntilThatIsNoted) {
  open();
  const auto today = std::chrono::floor<std::chrono::days>(now());
  const auto changed = [&](std::chrono::sys_days before) {
    return ask<found_changed_days>(find_changed_days{before}).value_or(found_changed_days{{{}}}).days;
  };
  store.journal->record({some_call, {}, today + 1h, record_of(some_call)});
  EXPECT_TRUE(changed(today).empty());
  const auto days = changed(today + std::chrono::days{1});  // what still waited in the journal too
  ASSERT_EQ(days.size(), 1u);
  EXPECT_EQ(days[0].day, today);
  caf::anon_send(store.actor, changed_days_noted{days});
  EXPECT_TRUE(changed(today + std::chrono::days{1}).empty());
}

TEST_F(CallStore, KnowsNothingOfACallThatNobodyWrote) {
  open();
  EXPECT_EQ(record(), "");
  EXPECT_TRUE(events().empty());
  EXPECT_TRUE(calls().calls.empty());
}

TEST_F(CallStore, AnswersWithWhatStillWaitedInTheJournal) {
  open();
  for (int i = 0; i < 50; ++i) {
    note(std::to_string(i));
    ASSERT_EQ(events().size(), static_cast<std::size_t>(i) + 1);
  }
  store.journal->record({some_call, "salon-1", now(), "{}"});
  EXPECT_EQ(record(), "{}");
}

TEST_F(CallStore, ForgetsTheCheckpointOfACallThatEnded) {
  open();
  store.journal->checkpoint(some_call, checkpoint_of(some_call));
  ASSERT_TRUE(flush());
  EXPECT_EQ(calls().calls.size(), 1u);
  store.journal->forget(some_call);
  EXPECT_TRUE(calls().calls.empty());
}

TEST_F(CallStore, AddsAVoicemailToTheRecordOnceHoweverOftenItIsReported) {
  open();
  store.journal->record({some_call, "salon-1", now(), record_of(some_call)});
  end();
  open();
  store.journal->fact({some_call, some_message});
  ASSERT_TRUE(flush());
  store.journal->fact({some_call, some_message});
  const auto found = model::parse_call_record(record());
  ASSERT_TRUE(found);
  EXPECT_EQ(found->voicemail, std::vector{some_message});
  auto reader = call_database::open_to_read(directory.data());
  EXPECT_EQ(reader->find({}).value().size(), 1u);
}

TEST_F(CallStore, SaysToWhichRecordAFactIsNews) {
  open();
  const auto add = [this](const model::call_sid& call) {
    return ask<added_to_record>(add_to_record{{call, some_message}}).value_or(added_to_record{"no answer"}).json;
  };
  EXPECT_EQ(add(some_call), "") << "which is not here";
  store.journal->record({some_call, "salon-1", now(), record_of(some_call)});
  const auto added = model::parse_call_record(add(some_call));
  ASSERT_TRUE(added);
  EXPECT_EQ(added->voicemail, std::vector{some_message});
  EXPECT_EQ(record(), to_json(*added)) << "it is written";
  EXPECT_EQ(add(some_call), "") << "once";
}

TEST_F(CallStore, GivesTheEventsOfACallInOrderAndOfVeryManyTheNewest) {
  open();
  const auto start = now();
  for (int i = 0; i < 2500; ++i) {
    note(std::to_string(i), start + std::chrono::milliseconds{i});
    if (i % 500 == 0) (void)flush();
  }
  store.journal->event({{"CA2"}, start, call_moment::webhook, ""});
  const auto found = events();
  ASSERT_EQ(found.size(), 2000u);
  EXPECT_EQ(found.front().detail, "500");
  EXPECT_EQ(found.back().detail, "2499");
  EXPECT_EQ(found.back().at, start + 2499ms);
}

TEST_F(CallStore, DropsCheckpointsNobodyCanReadAndSaysHowMany) {
  open();
  store.journal->checkpoint({"CA2"}, "not json");
  store.journal->checkpoint({"CA3"}, R"({"v":99})");
  store.journal->checkpoint(some_call, checkpoint_of(some_call));
  const auto former = calls();
  EXPECT_EQ(former.calls.size(), 1u);
  EXPECT_EQ(former.unreadable, 2u);
  EXPECT_EQ(counted("tonris_store_dropped_total"), 2);
  EXPECT_EQ(calls().unreadable, 0u);
}

}  // namespace
}  // namespace tonris::actors
