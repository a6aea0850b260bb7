#include "actors/call/store_writer.hpp"

#include <atomic>
#include <thread>
#include <vector>

#include "actors/call/store_watch.hpp"
#include "tests/actors/call/call_store_fixture.hpp"
#include "tests/actors/telemetry/captured_log.hpp"

namespace tonris::actors {
namespace {

using namespace test;
using namespace std::chrono_literals;
using model::call_moment;

TEST_F(CallStore, WritesWhatItIsWokenForWithoutBeingAsked) {
  open();
  note("hello");
  EXPECT_TRUE(comes_to([&] { return counted("tonris_store_writes_total") >= 1; }));
  for (int i = 0; i < 100; ++i) note("more");
  EXPECT_TRUE(comes_to([&] {
    auto reader = call_database::open_to_read(directory.data());
    return reader && reader->events_of(some_call).value().size() == 101;
  }));
  EXPECT_LT(counted("tonris_store_writes_total"), 20) << "entries that come together share a transaction";
}

TEST_F(CallStore, HasWrittenEverythingOnceItIsFlushed) {
  open();
  for (int i = 0; i < 2000; ++i)
    store.journal->event({{"CA" + std::to_string(i % 10)}, now(), call_moment::webhook, ""});
  ASSERT_TRUE(flush());
  auto reader = call_database::open_to_read(directory.data());
  ASSERT_TRUE(reader) << reader.error();
  EXPECT_EQ(reader->connection().read_number("SELECT count(*) FROM events"), 2000);
}

TEST_F(CallStore, CountsAVoicemailOfACallNobodyKnowsAndGoesOn) {
  open();
  store.journal->fact({{"CA2"}, some_message});
  note("written all the same");
  ASSERT_TRUE(flush());
  EXPECT_EQ(counted("tonris_store_dropped_total"), 1);
  EXPECT_EQ(events().size(), 1u);
  ASSERT_TRUE(flush());
  EXPECT_EQ(counted("tonris_store_dropped_total"), 1) << "it is not tried again";
}

TEST_F(CallStore, CountsARecordThatWouldReplaceAnotherCallsAndSaysWhose) {
  captured_log log;
  open();
  const auto began = now();
  store.journal->record({some_call, "salon-1", began, "the call's"});
  ASSERT_TRUE(flush());
  store.journal->record({some_call, "salon-1", began + 1h, "of an old webhook"});
  ASSERT_TRUE(flush());
  EXPECT_EQ(counted("tonris_store_dropped_total"), 1);
  EXPECT_EQ(record(), "the call's");
  end();
  EXPECT_NE(log.text().find("Call " + some_call.value + ": its record is left out"), std::string::npos);
}

TEST_F(CallStore, TakesEverythingThatSeveralThreadsWriteAtOnce) {
  open();
  {
    std::vector<std::jthread> callers;
    for (int t = 0; t < 4; ++t)
      callers.emplace_back([&, t] {
        const model::call_sid call{"CA" + std::to_string(t)};
        for (int i = 0; i < 1000; ++i) {
          store.journal->event({call, now(), call_moment::agent_said, std::to_string(i)});
          store.journal->checkpoint(call, checkpoint_of(call));
          if (i % 100 == 0) (void)flush();
        }
        store.journal->record({call, "salon-1", now(), "{}"});
        store.journal->forget(call);
      });
  }
  for (int t = 0; t < 4; ++t) {
    const model::call_sid call{"CA" + std::to_string(t)};
    EXPECT_EQ(record(call), "{}");
    const auto found = events(call);
    EXPECT_EQ(found.size(), 1000u);
  }
  EXPECT_TRUE(calls().calls.empty());
  EXPECT_EQ(counted("tonris_store_dropped_total"), 0);
}

TEST_F(CallStore, KeepsWhatItCannotWriteAndTriesAgain) {
  open();
  auto rival = net::sqlite::database::open(directory.database().string());
  ASSERT_TRUE(rival) << rival.error().line;
  {
    auto holding = net::sqlite::transaction::begin(*rival);
    ASSERT_TRUE(holding);
    note("first");
    EXPECT_FALSE(flush());
    note("second");
    EXPECT_TRUE(comes_to([&] { return counted("tonris_store_failures_total") >= 2; }));
    EXPECT_EQ(counted("tonris_store_writes_total"), 0);
    EXPECT_TRUE(events().empty());
  }
  EXPECT_TRUE(comes_to([&] { return counted("tonris_store_writes_total") >= 1; }));
  const auto found = events();
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].detail, "first");
  EXPECT_EQ(found[1].detail, "second");
  EXPECT_EQ(counted("tonris_store_dropped_total"), 0);
}

TEST_F(CallStore, KeepsToTheJournalsBoundsWhileTheDiskIsFull) {
  store_settings small;
  small.open = [this] {
    auto db = call_database::open(directory.data());
    EXPECT_TRUE(db && db->connection().exec("PRAGMA max_page_count=20"));
    return db;
  };
  store = spawn_sqlite_store(system, std::move(small), part());
  for (std::size_t i = 0; i < call_journal::max_events; ++i)
    store.journal->event({{"CA" + std::to_string(i % 100)}, now(), call_moment::agent_said, std::string(100, 'x')});
  EXPECT_FALSE(flush());
  for (int i = 0; i < 10; ++i) note("too many");
  EXPECT_FALSE(flush());
  EXPECT_GE(counted("tonris_store_failures_total"), 2);
  EXPECT_EQ(counted("tonris_store_dropped_total"), 10);
  EXPECT_TRUE(events().empty()) << "a batch is written whole or not at all";
}

class CallStoreWithoutRoom : public CallStore {
 protected:
  void begin_on_a_full_disk() {
    store_settings full;
    full.open = [this]() -> tl::expected<call_database, unusable_database> {
      if (!has_room) return tl::unexpected(unusable_database{"no space is left", true});
      return call_database::open(directory.data());
    };
    store = spawn_sqlite_store(system, std::move(full), part());
  }
  std::atomic<bool> has_room{false};
};

TEST_F(CallStoreWithoutRoom, WaitsForItAndLosesNothingThatCameMeanwhile) {
  begin_on_a_full_disk();
  note("first");
  store.journal->checkpoint(some_call, checkpoint_of(some_call));
  EXPECT_FALSE(flush());
  EXPECT_FALSE(ask<open_calls>(load_open_calls{})) << "it does not say that there are none";
  EXPECT_FALSE(ask<found_record>(find_record{some_call}));
  EXPECT_EQ(store.trouble->now(), "the call store cannot be opened, it is tried again");
  EXPECT_TRUE(comes_to([&] { return depth("tonris_store_behind_seconds") >= 1; }));
  EXPECT_EQ(depth("tonris_store_waiting"), 2) << "an event and a checkpoint";
  EXPECT_EQ(counted(R"(tonris_node_part_restarts_total{part="call_store"})"), 0) << "it is no crash";
  EXPECT_TRUE(healthy);
  has_room = true;
  EXPECT_TRUE(comes_to([&] { return store.trouble->now().empty(); }));
  EXPECT_EQ(calls().calls.size(), 1u);
  EXPECT_EQ(events().size(), 1u);
  EXPECT_EQ(counted("tonris_store_dropped_total"), 0);
  EXPECT_EQ(depth("tonris_store_behind_seconds"), 0);
  EXPECT_EQ(depth("tonris_store_waiting"), 0);
}

TEST_F(CallStore, SaysWhileItCannotBeWritten) {
  open();
  EXPECT_EQ(store.trouble->now(), "");
  auto rival = net::sqlite::database::open(directory.database().string());
  ASSERT_TRUE(rival) << rival.error().line;
  {
    auto holding = net::sqlite::transaction::begin(*rival);
    ASSERT_TRUE(holding);
    note("waits");
    EXPECT_TRUE(
        comes_to([&] { return store.trouble->now() == "the call store cannot be written, it is tried again"; }));
  }
  EXPECT_TRUE(comes_to([&] { return store.trouble->now().empty(); }));
}

// --- when the disk is slow

/// A store whose clock stands still when the test says so: it is kept in the midst of a write, as by a slow disk.
class CallStoreOnASlowDisk : public CallStore {
 protected:
  CallStoreOnASlowDisk() {
    store_settings slow;
    slow.open = [this] { return call_database::open(directory.data()); };
    slow.wall_clock = [this] {
      while (hangs) std::this_thread::sleep_for(1ms);
      return std::chrono::system_clock::now();
    };
    store = spawn_sqlite_store(system, std::move(slow), part());
  }
  ~CallStoreOnASlowDisk() override {
    hangs = false;
    end();
  }
  std::atomic<bool> hangs{false};
};

TEST_F(CallStoreOnASlowDisk, IsSaidToBeBehindFromOutsideAndHasAllWrittenAfterwards) {
  store_watch watch{store.journal};
  ASSERT_TRUE(flush());
  hangs = true;
  note("first");
  std::this_thread::sleep_for(300ms);  // it is taken, and the store hangs
  note("second");
  EXPECT_EQ(depth("tonris_store_waiting"), 2) << "what is being written too";
  EXPECT_GE(depth("tonris_store_behind_seconds"), 0.3);
  watch.tick(std::chrono::steady_clock::now() + 6s);
  EXPECT_NE(watch.trouble()->now(), "");
  EXPECT_EQ(store.trouble->now(), "") << "it can say nothing itself";
  hangs = false;
  EXPECT_TRUE(comes_to([&] { return depth("tonris_store_waiting") == 0; }));
  EXPECT_EQ(depth("tonris_store_behind_seconds"), 0);
  watch.tick(std::chrono::steady_clock::now());
  EXPECT_EQ(watch.trouble()->now(), "");
  EXPECT_EQ(events().size(), 2u);
  EXPECT_EQ(counted("tonris_store_dropped_total"), 0);
}

TEST_F(CallStore, CountsWhatCallsCostAsItIsLearned) {
  open();
  const auto dollars = [](model::micros amount, model::cost_source source) {
    return model::cost_part{{amount, model::us_dollars}, source == model::cost_source::vendor, source, now()};
  };
  model::call_record record;
  record.call = some_call;
  record.started = now();
  record.cost.twilio = dollars(8'500, model::cost_source::estimate);
  store.journal->record({record.call, "salon-1", record.started, to_json(record)});
  ASSERT_TRUE(flush());
  using charge = model::call_record::charge;
  store.journal->fact({record.call, charge{charge::part_type::twilio, dollars(8'200, model::cost_source::vendor)}});
  ASSERT_TRUE(flush());
  EXPECT_DOUBLE_EQ(counted(R"(tonris_calls_cost_dollars_total{part="twilio"})"), 0.0085);
  EXPECT_DOUBLE_EQ(counted(R"(tonris_calls_cost_taken_back_dollars_total{part="twilio"})"), 0.0003);
}

}  // namespace
}  // namespace tonris::actors
