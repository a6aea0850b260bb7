#include "actors/call/call_store.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <thread>

#include "actors/call/depths.hpp"
#include "actors/call/store_watch.hpp"
#include "tests/actors/real_actors.hpp"
#include "tests/actors/store/stored_calls.hpp"
#include "tests/actors/telemetry/captured_log.hpp"

namespace tonris::actors {
namespace {

using namespace test;
using namespace std::chrono_literals;
using model::call_moment;
namespace fs = std::filesystem;

/// A real actor system, real time and real files: a detached actor knows no others.
class CallStore : public testing::Test {
 protected:
  ~CallStore() override { end(); }

  node_part part() {
    node_part part;
    part.name = "call_store";
    part.healthy = [this](bool now) { healthy = now; };
    part.random = [] { return 0u; };  // the shortest waits
    part.counters = &counters;
    return part;
  }
  void open() {
    auto made = open_sqlite_store(system, directory.data(), part());
    ASSERT_TRUE(made) << made.error();
    store = std::move(*made);
  }
  /// As a node does that goes down in order.
  void end() {
    if (!store.actor) return;
    caf::anon_send_exit(store.actor, caf::exit_reason::user_shutdown);
    store = {};
    system.await_all_actors_done();
  }
  template <class Answer, class Question>
  std::optional<Answer> ask(Question question, std::chrono::milliseconds within = 10s) {
    caf::scoped_actor self{system};
    std::optional<Answer> got;
    self->request(store.actor, within, std::move(question))
        .receive([&](Answer& answer) { got = std::move(answer); }, [](const caf::error&) {});
    return got;
  }
  bool flush() { return ask<store_flushed>(flush_store{}).has_value(); }
  open_calls calls() { return ask<open_calls>(load_open_calls{}).value_or(open_calls{}); }
  std::string record(const model::call_sid& call = some_call) {
    return ask<found_record>(find_record{call}).value_or(found_record{"no answer"}).json;
  }
  std::vector<model::timeline_event> events(const model::call_sid& call = some_call) {
    return ask<found_events>(find_events{call}).value_or(found_events{}).events;
  }
  void note(std::string detail, std::chrono::system_clock::time_point at = now()) {
    store.journal->event({some_call, at, call_moment::agent_said, std::move(detail)});
  }
  double counted(std::string_view name) const {
    const auto text = counters.render();
    const auto at = text.find("\n" + std::string(name) + " ");
    return at == std::string::npos ? -1 : std::stod(text.substr(at + name.size() + 2));
  }
  /// As who gathers the figures brings them up to date.
  double depth(std::string_view name) {
    counters.of<call_depths>().store_is(store.journal->depth(), std::chrono::steady_clock::now());
    return counted(name);
  }
  template <class Condition>
  static bool soon(Condition&& condition) {
    for (int i = 0; i < 500; ++i) {
      if (condition()) return true;
      std::this_thread::sleep_for(10ms);
    }
    return false;
  }

  a_directory directory;
  metrics counters;
  std::atomic<bool> healthy{true};
  real_settings settings;
  caf::actor_system system{settings};
  opened_store store;
};

TEST_F(CallStore, FindsInTheNextLifeWhatWasWrittenInThisOne) {
  open();
  store.journal->checkpoint(some_call, checkpoint_of(some_call));
  store.journal->record({{"CA2"}, "salon-1", now(), R"({"callSid":"CA2"})"});
  note("Good morning");
  end();
  open();
  const auto former = calls();
  ASSERT_EQ(former.calls.size(), 1u);
  EXPECT_EQ(former.calls[0].record.call, some_call);
  EXPECT_EQ(former.unreadable, 0u);
  EXPECT_EQ(record({"CA2"}), R"({"callSid":"CA2"})");
  const auto found = events();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].call, some_call);
  EXPECT_EQ(found[0].what, call_moment::agent_said);
  EXPECT_EQ(found[0].detail, "Good morning");
}

TEST_F(CallStore, WritesWhatItIsWokenForWithoutBeingAsked) {
  open();
  note("hello");
  EXPECT_TRUE(soon([&] { return counted("tonris_store_writes_total") >= 1; }));
  for (int i = 0; i < 100; ++i) note("more");
  EXPECT_TRUE(soon([&] {
    auto reader = call_database::open_to_read(directory.data());
    return reader && reader->events_of(some_call).value().size() == 101;
  }));
  EXPECT_LT(counted("tonris_store_writes_total"), 20) << "entries that come together share a transaction";
}

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

TEST_F(CallStore, HasWrittenEverythingOnceItIsFlushed) {
  open();
  for (int i = 0; i < 2000; ++i)
    store.journal->event({{"CA" + std::to_string(i % 10)}, now(), call_moment::webhook, ""});
  ASSERT_TRUE(flush());
  auto reader = call_database::open_to_read(directory.data());
  ASSERT_TRUE(reader) << reader.error();
  EXPECT_EQ(reader->connection().read_number("SELECT count(*) FROM events"), 2000);
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

TEST_F(CallStore, LosesNothingCommittedWhenItsProcessIsKilled) {
  open();
  store.journal->checkpoint(some_call, checkpoint_of(some_call));
  note("said");
  ASSERT_TRUE(flush());
  // What a kill leaves behind is what stands on the disk now: the database, and its write-ahead log beside it.
  a_directory killed;
  fs::create_directory(killed.data());
  for (const auto& file : fs::directory_iterator(directory.data())) {
    if (file.path().extension() != ".db-shm") fs::copy(file.path(), fs::path(killed.data()) / file.path().filename());
  }
  ASSERT_GT(fs::file_size(killed.database().string() + "-wal"), 0u);
  auto db = call_database::open(killed.data());
  ASSERT_TRUE(db) << db.error().line;
  EXPECT_EQ(db->checkpoints().value().calls.size(), 1u);
  EXPECT_EQ(db->events_of(some_call).value().size(), 1u);
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
    EXPECT_TRUE(soon([&] { return counted("tonris_store_failures_total") >= 2; }));
    EXPECT_EQ(counted("tonris_store_writes_total"), 0);
    EXPECT_TRUE(events().empty());
  }
  EXPECT_TRUE(soon([&] { return counted("tonris_store_writes_total") >= 1; }));
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
  EXPECT_TRUE(soon([&] { return depth("tonris_store_behind_seconds") >= 1; }));
  EXPECT_EQ(depth("tonris_store_waiting"), 2) << "an event and a checkpoint";
  EXPECT_EQ(counted(R"(tonris_node_part_restarts_total{part="call_store"})"), -1) << "it is no crash";
  EXPECT_TRUE(healthy);
  has_room = true;
  EXPECT_TRUE(soon([&] { return store.trouble->now().empty(); }));
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
    EXPECT_TRUE(soon([&] { return store.trouble->now() == "the call store cannot be written, it is tried again"; }));
  }
  EXPECT_TRUE(soon([&] { return store.trouble->now().empty(); }));
}

TEST_F(CallStore, ErasesWhatIsLeftOfACallAWhileAfterItsEnd) {
  store_settings hasty;
  hasty.open = [this] { return call_database::open(directory.data()); };
  hasty.erase_after = 50ms;
  store = spawn_sqlite_store(system, std::move(hasty), part());
  store.journal->checkpoint(some_call, "a secret");
  ASSERT_TRUE(flush());
  const auto log = directory.database().string() + "-wal";
  ASSERT_GT(fs::file_size(log), 0u);
  store.journal->forget(some_call);
  EXPECT_TRUE(soon([&] { return fs::file_size(log) == 0; }));
}

TEST_F(CallStore, LooksForWhatIsDueOnceATenantHasOtherRules) {
  store_settings hasty;
  hasty.open = [this] { return call_database::open(directory.data()); };
  hasty.rules_wait = 50ms;
  store = spawn_sqlite_store(system, std::move(hasty), part());
  model::call_record old;
  old.call = some_call;
  old.tenant = {"salon-1"};
  old.started = now() - 72h;
  store.journal->record({old.call, old.tenant.value, old.started, to_json(old)});
  ASSERT_TRUE(flush());
  const std::vector<call_database::retention_rule> rules{{old.tenant, std::chrono::days{1}, std::chrono::days{1}}};
  caf::anon_send(store.actor, keep_records_for{rules});
  const auto gone = ask<aged_out_read>(read_aged_out{}).value_or(aged_out_read{}).what;
  EXPECT_TRUE(record().empty()) << "once the round is over";
  ASSERT_EQ(gone.tenants.size(), 1u);
  EXPECT_EQ(gone.tenants[0], (call_database::aged_out::part{{"salon-1"}, 1, 0}));
  caf::anon_send(store.actor, aged_out_told{gone.tenants[0].tenant});
  EXPECT_FALSE(ask<aged_out_read>(read_aged_out{}, 200ms)) << "it is told once";
}

TEST_F(CallStore, KeepsADueRecordUntilTwilioHasDeletedItsVoicesAndAWeekAtMost) {
  store_settings hasty;
  hasty.open = [this] { return call_database::open(directory.data()); };
  hasty.rules_wait = 50ms;
  {
    auto before = call_database::open(directory.data());
    ASSERT_TRUE(before) << before.error().line;
    const auto since = std::chrono::floor<std::chrono::milliseconds>((now() - 8 * 24h).time_since_epoch()).count();
    ASSERT_TRUE(before->connection().exec("INSERT INTO waiting VALUES ('CA2', " + std::to_string(since) + ")"));
  }
  store = spawn_sqlite_store(system, std::move(hasty), part());
  const auto spoken = [&](const std::string& sid, std::chrono::hours age) {
    model::call_record record;
    record.call = {sid};
    record.tenant = {"salon-1"};
    record.account = {"AC1"};
    record.state = model::call_state::ended;
    record.started = now() - age;
    record.ended = record.started + 1min;
    record.voicemail.push_back({"RE1", "https://api.twilio.com/RE1", 7, *record.ended});
    store.journal->record({record.call, record.tenant.value, record.started, to_json(record)});
    return record;
  };
  const auto due = spoken("CA1", 72h);
  (void)spoken("CA2", 9 * 24h);
  ASSERT_TRUE(flush());
  EXPECT_TRUE(ask<found_due_calls>(find_due_calls{{}, 10})->records.empty()) << "nobody knows yet what is old";
  caf::anon_send(store.actor, keep_records_for{{{due.tenant, std::chrono::days{1}, std::chrono::days{1}}}});
  EXPECT_TRUE(soon([&] { return record({"CA2"}).empty(); }));
  EXPECT_TRUE(soon([&] { return counted("tonris_recordings_orphaned_total") == 1; }));
  EXPECT_FALSE(record({"CA1"}).empty());
  const auto found = ask<found_due_calls>(find_due_calls{{}, 1}).value_or(found_due_calls{});
  ASSERT_EQ(found.records.size(), 1u);
  EXPECT_EQ(model::parse_call_record(found.records[0])->call, due.call);
  EXPECT_TRUE(ask<found_due_calls>(find_due_calls{found.upto, 1})->records.empty());
  model::call_record::voicemail_message deleted;
  deleted.recording = "RE1";
  deleted.deleted = true;
  deleted.deleted_at = deleted.at = now();
  store.journal->fact({due.call, deleted});
  caf::anon_send(store.actor, audio_is_gone{});
  EXPECT_TRUE(soon([&] { return record({"CA1"}).empty(); }));
  EXPECT_EQ(counted("tonris_recordings_orphaned_total"), 1);
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

TEST_F(CallStore, ShowsFromItsStartHowFarItsTimeIsBehindTheClock) {
  {
    auto before = call_database::open(directory.data());
    ASSERT_TRUE(before) << before.error().line;
    journal_batch batch;
    batch.records.push_back({some_call, "salon-1", now(), record_of(some_call)});
    ASSERT_TRUE(before->write(batch, now()));
    ASSERT_TRUE(before->age(now() - 100h, 0s));
  }
  open();
  EXPECT_TRUE(soon([&] { return counted("tonris_store_time_behind_seconds") >= 99 * 3'600; }));
}

// --- when it crashes

/// A store whose clock throws when the test says so: an exception in the midst of its work.
class CallStoreCrash : public CallStore {
 protected:
  CallStoreCrash() {
    store_settings fragile;
    fragile.open = [this] {
      ++lives;
      return call_database::open(directory.data());
    };
    fragile.wall_clock = [this] {
      if (crashes_left > 0 && crashes_left-- > 0) throw std::runtime_error("no such page");
      return std::chrono::system_clock::now();
    };
    store = spawn_sqlite_store(system, std::move(fragile), part());
  }
  ~CallStoreCrash() override { end(); }
  /// As somebody else sees them: asks the store nothing.
  std::int64_t written_events() const {
    auto reader = call_database::open_to_read(directory.data());
    return reader ? reader->connection().read_number("SELECT count(*) FROM events").value_or(-1) : -1;
  }
  std::atomic<int> crashes_left{0}, lives{0};
};

TEST_F(CallStoreCrash, LosesNothingThatWasInFlightAndGoesOnAtTheSameAddress) {
  note("before");
  ASSERT_TRUE(flush());
  crashes_left = 1;
  for (int i = 0; i < 100; ++i) note("in flight");
  store.journal->record({some_call, "salon-1", now(), "{}"});
  EXPECT_TRUE(soon([&] { return lives == 2; }));
  EXPECT_TRUE(soon([&] { return written_events() == 101; })) << "without anything new to write";
  EXPECT_EQ(record(), "{}");
  for (int i = 0; i < 10; ++i) note("afterwards");
  EXPECT_TRUE(soon([&] { return written_events() == 111; })) << "it is woken as before";
  EXPECT_EQ(counted(R"(tonris_node_part_restarts_total{part="call_store"})"), 1);
  EXPECT_EQ(counted(R"(tonris_actor_crashes_total{actor="tonris.call_store"})"), 1);
  EXPECT_EQ(counted("tonris_store_dropped_total"), 0);
  EXPECT_TRUE(healthy);
}

TEST_F(CallStoreCrash, AgainAndAgainMakesTheNodeUnreadyUntilItIsBackAndAllIsWritten) {
  ASSERT_TRUE(flush());
  crashes_left = 1000;
  note("first");
  EXPECT_TRUE(soon([&] { return !healthy; }));
  note("second");
  EXPECT_FALSE(flush());
  crashes_left = 0;
  for (int i = 0; i < 4 && !healthy; ++i) (void)soon([&] { return healthy.load(); });
  EXPECT_TRUE(healthy);
  EXPECT_TRUE(soon([&] { return written_events() == 2; }));
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
  EXPECT_TRUE(soon([&] { return depth("tonris_store_waiting") == 0; }));
  EXPECT_EQ(depth("tonris_store_behind_seconds"), 0);
  watch.tick(std::chrono::steady_clock::now());
  EXPECT_EQ(watch.trouble()->now(), "");
  EXPECT_EQ(events().size(), 2u);
  EXPECT_EQ(counted("tonris_store_dropped_total"), 0);
}

TEST_F(CallStore, IsNotKeptByItsJournal) {
  open();
  const auto journal = store.journal;
  end();
  system.await_all_actors_done();
  journal->event({some_call, now(), call_moment::webhook, ""});
  EXPECT_EQ(journal->take().events.size(), 1u);
}

TEST_F(CallStore, MakesItsDirectoryForItsOwnerOnly) {
  open();
  EXPECT_EQ(fs::status(directory.data()).permissions(), fs::perms::owner_all);
}

// --- what open_sqlite_store refuses, in one line

TEST_F(CallStore, RefusesAFileThatIsNoDatabaseAndLeavesItAsItIs) {
  fs::create_directory(directory.data());
  std::ofstream(directory.database()) << "these are no pages";
  const auto made = open_sqlite_store(system, directory.data(), part());
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error(),
            "The call store " + directory.database().string() +
                " cannot be opened: file is not a database; it was left as it is: move it away to begin anew");
  std::ifstream in(directory.database());
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(in), {}), "these are no pages");
}

TEST_F(CallStore, RefusesADatabaseOfANewerVersion) {
  open();
  end();
  ASSERT_TRUE(net::sqlite::database::open(directory.database().string())->exec("PRAGMA user_version=99"));
  const auto made = open_sqlite_store(system, directory.data(), part());
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error(), "The call store " + directory.database().string() +
                              " was written by a newer version (its schema is 99, this one knows 18)");
}

TEST_F(CallStore, RefusesADatabaseThatIsSomebodyElses) {
  fs::create_directory(directory.data());
  ASSERT_TRUE(net::sqlite::database::open(directory.database().string())->exec("CREATE TABLE records (song TEXT)"));
  const auto made = open_sqlite_store(system, directory.data(), part());
  ASSERT_FALSE(made);
  EXPECT_NE(made.error().find("table records already exists"), std::string::npos) << made.error();
  auto still = net::sqlite::database::open(directory.database().string());
  EXPECT_EQ(still->read_number("SELECT count(*) FROM sqlite_master"), 1);
}

TEST_F(CallStore, RefusesADirectoryThatCannotBeMade) {
  std::ofstream(directory.path / "file") << "x";
  const auto made = open_sqlite_store(system, (directory.path / "file" / "data").string(), part());
  ASSERT_FALSE(made);
  EXPECT_NE(made.error().find("DATA_DIR " + (directory.path / "file" / "data").string() + " cannot be made"),
            std::string::npos)
      << made.error();
}

TEST_F(CallStore, RefusesADirectoryThatAnotherStoreHas) {
  open();
  const auto second = open_sqlite_store(system, directory.data(), part());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error(),
            "DATA_DIR " + directory.data() + " is another gateway's, which runs: each needs one of its own");
  note("undisturbed");
  EXPECT_TRUE(flush());
  EXPECT_EQ(events().size(), 1u);
  end();
  open();
  EXPECT_EQ(events().size(), 1u) << "with the store's end the directory is free";
}

TEST_F(CallStore, RefusesADirectoryThatCannotBeLocked) {
  fs::create_directories(fs::path(directory.data()) / "tonris.lock");
  const auto made = open_sqlite_store(system, directory.data(), part());
  ASSERT_FALSE(made);
  EXPECT_NE(made.error().find("DATA_DIR " + directory.data() + " cannot be locked"), std::string::npos) << made.error();
}

}  // namespace
}  // namespace tonris::actors
