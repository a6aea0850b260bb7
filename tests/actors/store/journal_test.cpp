#include "actors/store/journal.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <optional>
#include <thread>

namespace tonris::actors {
namespace {

const model::call_sid one{"CA1"}, two{"CA2"};

model::timeline_event event(std::string detail, const model::call_sid& call = one) {
  return {call, {}, model::call_moment::agent_said, std::move(detail)};
}
/// No call has more than it may.
model::call_sid one_of_many(std::size_t i) {
  return {"CA" + std::to_string(i % 100)};
}
journal_batch::record record(std::string json) {
  return {one, "salon-1", {}, std::move(json)};
}

TEST(CallJournal, WakesItsWriterOnceUntilTheWriterTakes) {
  int wakes = 0;
  call_journal journal([&] { ++wakes; });
  EXPECT_TRUE(journal.take().empty());
  journal.event(event("a"));
  journal.checkpoint(one, "{}");
  EXPECT_EQ(wakes, 1);
  EXPECT_FALSE(journal.take().empty());
  EXPECT_TRUE(journal.take().empty());
  journal.record(record("{}"));
  EXPECT_EQ(wakes, 2);
}

using call_time = call_journal::clock::time_point;

/// A journal at whose clock the test sets the time, and counts who looks.
class JournalDepth : public testing::Test {
 protected:
  std::size_t waiting() const { return journal.depth().waiting; }
  std::optional<call_time> since() const { return journal.depth().since; }

  call_time now{std::chrono::hours{1}};
  int looks = 0;
  call_journal journal{nullptr, [this] {
                         ++looks;
                         return now;
                       }};
};

TEST_F(JournalDepth, IsAllThatIsNotWrittenWhatIsBeingWrittenToo) {
  EXPECT_EQ(waiting(), 0u);
  journal.event(event("a"));
  journal.checkpoint(one, "{}");
  journal.checkpoint(one, "{\"newer\":true}");
  journal.record(record("{}"));
  journal.fact({one, {}});
  EXPECT_EQ(waiting(), 4u);
  auto taken = journal.take();
  EXPECT_EQ(waiting(), 4u);
  journal.event(event("b"));
  EXPECT_EQ(waiting(), 5u);
  journal.put_back(std::move(taken));
  EXPECT_EQ(waiting(), 5u);
  (void)journal.take();
  journal.written();
  EXPECT_EQ(waiting(), 0u);
}

TEST_F(JournalDepth, KnowsSinceWhenTheOldestWaits) {
  using std::chrono::seconds;
  const auto first = now;
  EXPECT_EQ(since(), std::nullopt);
  journal.event(event("a"));
  now += seconds{1};
  journal.event(event("b"));
  EXPECT_EQ(since(), first);
  auto taken = journal.take();
  EXPECT_EQ(since(), first) << "it is being written";
  now += seconds{1};
  const auto second = now;
  journal.event(event("c"));
  EXPECT_EQ(since(), first);
  journal.put_back(std::move(taken));
  EXPECT_EQ(since(), first) << "it could not be written";
  (void)journal.take();
  journal.written();
  EXPECT_EQ(since(), std::nullopt);
  now = second;
  journal.event(event("d"));
  (void)journal.take();
  now += seconds{1};
  journal.event(event("e"));
  journal.written();
  EXPECT_EQ(since(), second + seconds{1}) << "what came while it was written";
}

TEST_F(JournalDepth, AsksForTheTimeOnceForAllThatIsWrittenTogether) {
  for (int i = 0; i < 100; ++i) journal.event(event("x"));
  EXPECT_EQ(looks, 1);
  (void)journal.take();
  journal.written();
  EXPECT_EQ(looks, 1);
  journal.record(record("{}"));
  EXPECT_EQ(looks, 2);
}

TEST(CallJournal, GivesEventsAndRecordsInTheirOrder) {
  call_journal journal(nullptr);
  for (const auto* detail : {"a", "b", "c"}) journal.event(event(detail));
  for (const auto* json : {"1", "2"}) journal.record(record(json));
  const auto batch = journal.take();
  ASSERT_EQ(batch.events.size(), 3u);
  EXPECT_EQ(batch.events[0].detail + batch.events[1].detail + batch.events[2].detail, "abc");
  ASSERT_EQ(batch.records.size(), 2u);
  EXPECT_EQ(batch.records[0].json + batch.records[1].json, "12");
}

TEST(CallJournal, KeepsOfACallTheNewestCheckpointOnly) {
  call_journal journal(nullptr);
  for (int i = 0; i < 1000; ++i) journal.checkpoint(one, std::to_string(i));
  journal.checkpoint(two, "x");
  journal.forget(two);
  const auto batch = journal.take();
  ASSERT_EQ(batch.checkpoints.size(), 2u);
  for (const auto& c : batch.checkpoints) EXPECT_EQ(c.json, c.call == one ? "999" : "");
}

TEST(CallJournal, DropsNewEventsAndOldRecordsBeyondItsBounds) {
  call_journal journal(nullptr);
  for (std::size_t i = 0; i < call_journal::max_events + 5; ++i)
    journal.event(event(std::to_string(i), one_of_many(i)));
  for (std::size_t i = 0; i < call_journal::max_records + 3; ++i) journal.record(record(std::to_string(i)));
  EXPECT_EQ(journal.dropped(), 8u);
  const auto batch = journal.take();
  ASSERT_EQ(batch.events.size(), call_journal::max_events);
  EXPECT_EQ(batch.events.front().detail, "0");
  ASSERT_EQ(batch.records.size(), call_journal::max_records);
  EXPECT_EQ(batch.records.front().json, "3");
}

TEST(CallJournal, GivesNoCallTheRoomOfTheOthers) {
  call_journal journal(nullptr);
  for (std::size_t i = 0; i < 2 * call_journal::max_events; ++i) journal.event(event(std::to_string(i)));
  journal.event(event("healthy", two));
  EXPECT_EQ(journal.dropped(), 2 * call_journal::max_events - call_journal::max_events_of_a_call);
  for (int tries = 0; tries < 3; ++tries) {  // the disk is full
    auto failed = journal.take();
    for (int i = 0; i < 10; ++i) journal.event(event("more"));
    journal.event(event("healthy", two));
    journal.put_back(std::move(failed));
  }
  const auto batch = journal.take();
  EXPECT_EQ(batch.events.size(), call_journal::max_events_of_a_call + 4);
  EXPECT_EQ(batch.events.at(call_journal::max_events_of_a_call - 1).detail,
            std::to_string(call_journal::max_events_of_a_call - 1));
  EXPECT_EQ(std::ranges::count(batch.events, two, &model::timeline_event::call), 4);
}

TEST(CallJournal, TakesNoCheckpointOfAnotherCallBeyondItsBound) {
  call_journal journal(nullptr);
  journal.checkpoint(one, "old");
  auto failed = journal.take();
  journal.checkpoint(two, "old");
  for (std::size_t i = 1; i < call_journal::max_checkpoints; ++i) journal.checkpoint({std::to_string(i)}, "");
  journal.put_back(std::move(failed));
  journal.checkpoint(two, "new");
  journal.checkpoint({"CA3"}, "new");
  EXPECT_EQ(journal.dropped(), 2u);
  const auto batch = journal.take();
  EXPECT_EQ(batch.checkpoints.size(), call_journal::max_checkpoints);
  for (const auto& c : batch.checkpoints) {
    EXPECT_TRUE(c.call != one && c.call.value != "CA3");
    EXPECT_EQ(c.json, c.call == two ? "new" : "") << "a call that has one goes on with it";
  }
}

using message = model::call_record::voicemail_message;

TEST(CallJournal, KeepsFactsInTheirOrderAndTheNewestOfVeryMany) {
  call_journal journal(nullptr);
  for (std::size_t i = 0; i < call_journal::max_records; ++i)
    journal.fact({one, message{"RE" + std::to_string(i), {}, 0, {}}});
  auto failed = journal.take();
  ASSERT_EQ(failed.facts.size(), call_journal::max_records);
  journal.fact({two, message{"RE", {}, 0, {}}});
  journal.put_back(std::move(failed));
  EXPECT_EQ(journal.dropped(), 1u);
  const auto batch = journal.take();
  ASSERT_EQ(batch.facts.size(), call_journal::max_records);
  EXPECT_EQ(std::get<message>(batch.facts.front().what).recording, "RE1");
  EXPECT_EQ(batch.facts.back().call, two);
}

TEST(CallJournal, CutsADetailThatIsTooLong) {
  call_journal journal(nullptr);
  journal.event(event(std::string(499, 'a') + "\xc3\xa9"));
  EXPECT_EQ(journal.take().events.at(0).detail, std::string(499, 'a'));
}

TEST(CallJournal, TakesBackWhatCouldNotBeWrittenBeforeWhatCameMeanwhile) {
  int wakes = 0;
  call_journal journal([&] { ++wakes; });
  journal.event(event("a"));
  journal.record(record("1"));
  journal.checkpoint(one, "old");
  journal.checkpoint(two, "kept");
  auto failed = journal.take();
  journal.event(event("b"));
  journal.record(record("2"));
  journal.checkpoint(one, "new");
  journal.put_back(std::move(failed));
  EXPECT_EQ(wakes, 2);
  const auto batch = journal.take();
  ASSERT_EQ(batch.events.size(), 2u);
  EXPECT_EQ(batch.events[0].detail + batch.events[1].detail, "ab");
  ASSERT_EQ(batch.records.size(), 2u);
  EXPECT_EQ(batch.records[0].json + batch.records[1].json, "12");
  ASSERT_EQ(batch.checkpoints.size(), 2u);
  for (const auto& c : batch.checkpoints) EXPECT_EQ(c.json, c.call == one ? "new" : "kept");
}

TEST(CallJournal, KeepsToItsBoundsWhenItTakesBack) {
  call_journal journal(nullptr);
  for (std::size_t i = 0; i < call_journal::max_events; ++i) journal.event(event("old", one_of_many(i)));
  auto failed = journal.take();
  for (int i = 0; i < 10; ++i) journal.event(event("new"));
  journal.put_back(std::move(failed));
  EXPECT_EQ(journal.dropped(), 10u);
  const auto batch = journal.take();
  ASSERT_EQ(batch.events.size(), call_journal::max_events);
  EXPECT_EQ(batch.events.back().detail, "old");
}

TEST(CallJournal, DoesNotWakeForWhatItTookBack) {
  int wakes = 0;
  call_journal journal([&] { ++wakes; });
  journal.event(event("a"));
  journal.put_back(journal.take());
  journal.event(event("b"));
  EXPECT_EQ(wakes, 1);
}

TEST(CallJournal, LosesNothingBetweenSeveralThreads) {
  std::atomic<int> wakes{0};
  call_journal journal([&] { ++wakes; });
  std::atomic<bool> done{false};
  std::size_t taken = 0;
  std::thread writer([&] {
    while (!done) taken += journal.take().events.size();
    taken += journal.take().events.size();
  });
  {
    std::vector<std::jthread> callers;
    for (int t = 0; t < 4; ++t)
      callers.emplace_back([&] {
        for (int i = 0; i < 5000; ++i) journal.event(event("x"));
      });
  }
  done = true;
  writer.join();
  EXPECT_EQ(taken + journal.dropped(), 20'000u);
  EXPECT_GT(wakes, 0);
}

}  // namespace
}  // namespace tonris::actors
