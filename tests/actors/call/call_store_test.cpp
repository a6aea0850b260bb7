#include "actors/call/call_store.hpp"

#include <atomic>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "tests/actors/call/call_store_fixture.hpp"

namespace tonris::actors {
namespace {

using namespace test;
using namespace std::chrono_literals;
using model::call_moment;
namespace fs = std::filesystem;

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
  EXPECT_TRUE(comes_to([&] { return fs::file_size(log) == 0; }));
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
  EXPECT_TRUE(comes_to([&] { return record({"CA2"}).empty(); }));
  EXPECT_TRUE(comes_to([&] { return counted("tonris_recordings_orphaned_total") == 1; }));
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
  EXPECT_TRUE(comes_to([&] { return record({"CA1"}).empty(); }));
  EXPECT_EQ(counted("tonris_recordings_orphaned_total"), 1);
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
  EXPECT_TRUE(comes_to([&] { return counted("tonris_store_time_behind_seconds") >= 99 * 3'600; }));
}

TEST_F(CallStore, ShowsForHowLongItHasBeenDeletingWhatIsDue) {
  store_settings hasty;
  hasty.open = [this] { return call_database::open(directory.data()); };
  hasty.rules_wait = 50ms;
  store = spawn_sqlite_store(system, std::move(hasty), part());
  const model::tenant_id someone{"salon-1"};
  for (int n = 0; n < 3 * call_database::most_pruned; ++n) {
    model::call_record old;
    old.call = {"CA" + std::to_string(n)};
    old.tenant = someone;
    old.started = now() - 72h;
    store.journal->record({old.call, old.tenant.value, old.started, to_json(old)});
  }
  ASSERT_TRUE(flush());
  EXPECT_EQ(counted("tonris_store_retention_round_seconds"), 0);
  const std::vector<call_database::retention_rule> rules{{someone, std::chrono::days{1}, std::chrono::days{1}}};
  caf::anon_send(store.actor, keep_records_for{rules});
  EXPECT_TRUE(comes_to([&] { return counted("tonris_store_retention_round_seconds") > 0; }));
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
  EXPECT_TRUE(comes_to([&] { return lives == 2; }));
  EXPECT_TRUE(comes_to([&] { return written_events() == 101; })) << "without anything new to write";
  EXPECT_EQ(record(), "{}");
  for (int i = 0; i < 10; ++i) note("afterwards");
  EXPECT_TRUE(comes_to([&] { return written_events() == 111; })) << "it is woken as before";
  EXPECT_EQ(counted(R"(tonris_node_part_restarts_total{part="call_store"})"), 1);
  EXPECT_EQ(counted(R"(tonris_actor_crashes_total{actor="tonris.call_store"})"), 1);
  EXPECT_EQ(counted("tonris_store_dropped_total"), 0);
  EXPECT_TRUE(healthy);
}

TEST_F(CallStoreCrash, AgainAndAgainMakesTheNodeUnreadyUntilItIsBackAndAllIsWritten) {
  ASSERT_TRUE(flush());
  crashes_left = 1000;
  note("first");
  EXPECT_TRUE(comes_to([&] { return !healthy; }));
  note("second");
  EXPECT_FALSE(flush());
  crashes_left = 0;
  for (int i = 0; i < 4 && !healthy; ++i) (void)comes_to([&] { return healthy.load(); });
  EXPECT_TRUE(healthy);
  EXPECT_TRUE(comes_to([&] { return written_events() == 2; }));
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
