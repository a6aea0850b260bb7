#include "actors/store/database.hpp"

#include <gmock/gmock.h>

#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tests/actors/store/stored_calls.hpp"

namespace tonris::actors {
namespace {

using namespace test;
using namespace std::chrono_literals;
using model::call_moment;
namespace fs = std::filesystem;

journal_batch only_record(const model::call_sid& call) {
  journal_batch batch;
  batch.records.push_back({call, "salon-1", now(), "{}"});
  return batch;
}
journal_batch only_checkpoint(const model::call_sid& call, std::string json) {
  journal_batch batch;
  batch.checkpoints.push_back({call, std::move(json)});
  return batch;
}

TEST(CallDatabase, ForgetsAfterThirtyDaysInBoundedSteps) {
  a_directory directory;
  auto db = call_database::open(directory.data());
  ASSERT_TRUE(db) << db.error().line;
  const auto today = now();
  const auto old = today - call_database::kept_for - 1s, young = today - call_database::kept_for + 1min;
  journal_batch batch;
  for (int i = 0; i < 4500; ++i) batch.events.push_back({some_call, old, call_moment::agent_said, "x"});
  for (int i = 0; i < 3; ++i) batch.events.push_back({some_call, young, call_moment::agent_said, "y"});
  for (int i = 0; i < 1100; ++i) batch.records.push_back({{"CA" + std::to_string(i)}, "salon-1", old, "{}"});
  batch.records.push_back({{"CAyoung"}, "salon-1", young, "{}"});
  batch.checkpoints.push_back({some_call, checkpoint_of(some_call)});
  ASSERT_TRUE(db->write(batch, old));
  int steps = 0;
  while (db->prune(today, today).value().has_more) ++steps;
  EXPECT_EQ(steps, 110) << "of ten records";
  EXPECT_EQ(db->connection().read_number("SELECT count(*) FROM events"), 3);
  EXPECT_EQ(db->connection().read_number("SELECT count(*) FROM records"), 1);
  EXPECT_EQ(db->checkpoints().value().calls.size(), 1u) << "a call goes on until it ends";
}

TEST(CallDatabase, LosesNoFactOfACallThatGoesOn) {
  a_directory directory;
  auto db = call_database::open(directory.data());
  ASSERT_TRUE(db) << db.error().line;
  ASSERT_TRUE(db->write(only_checkpoint(some_call, checkpoint_of(some_call)), now()));
  journal_batch batch;
  batch.facts.push_back({some_call, some_message});
  EXPECT_EQ(db->write(batch, now()).value().facts, std::vector<model::call_sid>{});
  EXPECT_EQ(db->checkpoints().value().calls[0].record.voicemail.size(), 1u) << "it has it";
}

TEST(CallDatabase, KeepsTheNewestEventsOfACallThatNeverStops) {
  a_directory directory;
  auto db = call_database::open(directory.data());
  ASSERT_TRUE(db) << db.error().line;
  const auto begin = now();
  int written = 0;
  for (int batches = 0; batches < 40; ++batches) {
    journal_batch batch;
    for (int i = 0; i < 130; ++i, ++written)
      batch.events.push_back(
          {some_call, begin + std::chrono::milliseconds{written}, call_moment::agent_said, std::to_string(written)});
    batch.events.push_back({{"CA2"}, begin, call_moment::agent_said, "another call's"});
    ASSERT_TRUE(db->write(batch, begin));
  }
  const auto kept = db->connection().read_number("SELECT count(*) FROM events WHERE detail <> 'another call''s'");
  EXPECT_LT(kept.value(),
            static_cast<std::int64_t>(call_database::max_events_of_a_call + call_database::events_between_trims + 130));
  const auto events = db->events_of(some_call).value();
  ASSERT_EQ(events.size(), call_database::max_events_of_a_call);
  EXPECT_EQ(events.back().detail, std::to_string(written - 1));
  EXPECT_EQ(db->events_of({"CA2"}).value().size(), 40u);
}

TEST(CallDatabase, IsItsOwnersAloneWhateverTheUmaskAndWhoeverMadeTheDirectory) {
  a_directory directory;
  const auto before = ::umask(0);
  fs::create_directory(directory.data());
  fs::permissions(directory.data(), fs::perms::all);
  for (const char* file : {"tonris.db", "tonris.db-wal", "tonris.db-shm"}) {
    std::ofstream{fs::path(directory.data()) / file};
    fs::permissions(fs::path(directory.data()) / file, fs::perms::all);
  }
  {
    auto db = call_database::open(directory.data());
    ASSERT_TRUE(db) << db.error().line;
    ASSERT_TRUE(db->write(only_record(some_call), now()));
    for (const char* file : {"tonris.db", "tonris.db-wal", "tonris.db-shm", "tonris.lock"})
      EXPECT_EQ(fs::status(fs::path(directory.data()) / file).permissions(),
                fs::perms::owner_read | fs::perms::owner_write)
          << file;
  }
  ::umask(before);
}

TEST(CallDatabase, LeavesNothingOfACheckpointThatIsForgotten) {
  a_directory directory;
  auto db = call_database::open(directory.data());
  ASSERT_TRUE(db) << db.error().line;
  const auto anywhere = [&](const std::string& text) {
    for (const auto& file : fs::directory_iterator{directory.data()}) {
      std::ifstream in(file.path(), std::ios::binary);
      const std::string all{std::istreambuf_iterator<char>(in), {}};
      if (all.find(text) != std::string::npos) return true;
    }
    return false;
  };
  ASSERT_TRUE(db->write(only_checkpoint(some_call, "what was typed first"), now()));
  ASSERT_TRUE(db->write(only_checkpoint(some_call, "and what was typed then"), now()));
  EXPECT_TRUE(anywhere("typed first")) << "in the log";
  ASSERT_TRUE(db->write(only_checkpoint(some_call, ""), now()));
  EXPECT_TRUE(db->erase_traces().value());
  EXPECT_FALSE(anywhere("typed"));
}

TEST(CallDatabase, ForgetsTheCheckpointsOfEndedCallsOnceNobodyCanAskForTheirFallback) {
  a_directory directory;
  auto db = call_database::open(directory.data());
  ASSERT_TRUE(db) << db.error().line;
  model::call_checkpoint ended;
  ended.record.call = {"CA2"};
  ended.record.state = model::call_state::ended;
  const auto today = now();
  journal_batch old, young;
  old.checkpoints = {{some_call, checkpoint_of(some_call)}, {{"CA2"}, to_json(ended)}, {{"CA3"}, "not json"}};
  ASSERT_TRUE(db->write(old, today - call_database::ended_kept_for - 1s));
  ended.record.call = {"CA4"};
  young.checkpoints = {{{"CA4"}, to_json(ended)}};
  ASSERT_TRUE(db->write(young, today - 4h));
  EXPECT_FALSE(db->prune(today).value().has_more) << "of what is found at the start nobody knows its age";
  EXPECT_TRUE(db->prune(today - 31 * 24h, today).value().has_more) << "however old the calls are taken to be";
  EXPECT_FALSE(db->prune(today, today).value().has_more);
  EXPECT_NE(db->checkpoint_of(some_call).value(), "") << "a call goes on until it ends";
  EXPECT_EQ(db->checkpoint_of({"CA2"}).value(), "");
  EXPECT_NE(db->checkpoint_of({"CA3"}).value(), "");
  EXPECT_NE(db->checkpoint_of({"CA4"}).value(), "") << "a <Dial> of 4 h has just ended";
}

TEST(CallDatabase, AddsAVoicemailToTheRecordThatComesWithItAndToTheCheckpointThatIsToGoOn) {
  a_directory directory;
  auto db = call_database::open(directory.data());
  ASSERT_TRUE(db) << db.error().line;
  journal_batch batch;
  batch.checkpoints.push_back({some_call, checkpoint_of(some_call)});
  batch.records.push_back({some_call, "salon-1", now(), record_of(some_call)});
  batch.facts.push_back({some_call, some_message});
  batch.facts.push_back({{"CA2"}, some_message});
  const auto left_out = db->write(batch, now());
  ASSERT_TRUE(left_out) << left_out.error().line;
  EXPECT_EQ(left_out->facts, std::vector<model::call_sid>{{"CA2"}});
  EXPECT_EQ(model::parse_call_record(db->record_of(some_call).value()).value().voicemail, std::vector{some_message});
  EXPECT_EQ(db->checkpoints().value().calls.at(0).record.voicemail, std::vector{some_message});
}

TEST(CallDatabase, GoesOnWhenTheDiskHasRoomAgain) {
  a_directory directory;
  auto db = call_database::open(directory.data());
  ASSERT_TRUE(db) << db.error().line;
  ASSERT_TRUE(db->connection().exec("PRAGMA max_page_count=20"));
  journal_batch batch;
  batch.records.push_back({some_call, "salon-1", now(), std::string(200'000, 'x')});
  batch.checkpoints.push_back({some_call, "{}"});
  const auto failed = db->write(batch, now());
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().is, net::sqlite::error::kind::full);
  EXPECT_EQ(db->connection().read_number("SELECT count(*) FROM checkpoints"), 0);
  ASSERT_TRUE(db->connection().exec("PRAGMA max_page_count=1000"));
  EXPECT_TRUE(db->write(batch, now()));
  EXPECT_EQ(db->record_of(some_call).value().size(), 200'000u);
}

TEST(CallDatabase, ReplacesARecordByOneOfTheSameCallOnly) {
  a_directory directory;
  auto db = call_database::open(directory.data());
  ASSERT_TRUE(db) << db.error().line;
  const auto started = now() + 123'456ns;
  const auto write = [&](std::chrono::system_clock::time_point when, std::string json) {
    journal_batch batch;
    batch.records.push_back({some_call, "salon-1", when, std::move(json)});
    return db->write(batch, now()).value().records;
  };
  using testing::IsEmpty;
  EXPECT_THAT(write(started, "first"), IsEmpty());
  EXPECT_THAT(write(started, "with its voicemail"), IsEmpty());
  EXPECT_THAT(write(std::chrono::floor<std::chrono::milliseconds>(started), "as it was read back"), IsEmpty());
  EXPECT_EQ(db->record_of(some_call).value(), "as it was read back");
  EXPECT_THAT(write(started + 1h, "of an old webhook"), testing::ElementsAre(some_call));
  EXPECT_EQ(db->record_of(some_call).value(), "as it was read back");
}

TEST(CallDatabase, ReplacesARefusalOfNobodysCallByTheTenantsCall) {
  a_directory directory;
  auto db = call_database::open(directory.data());
  ASSERT_TRUE(db) << db.error().line;
  const auto began = now();
  const auto write = [&](std::chrono::seconds later, std::string tenant, std::string json) {
    journal_batch batch;
    batch.records.push_back({some_call, std::move(tenant), began + later, std::move(json)});
    return db->write(batch, now()).value().records.empty();
  };
  EXPECT_TRUE(write(0s, "", "the registry was away"));
  EXPECT_FALSE(write(1s, "", "and still"));
  EXPECT_TRUE(write(2s, "salon-1", "the call"));
  EXPECT_TRUE(write(2s, "salon-1", "the call, with its voicemail"));
  EXPECT_FALSE(write(3s, "", "of an old webhook"));
  EXPECT_EQ(db->record_of(some_call).value(), "the call, with its voicemail");
}

TEST(CallDatabase, KnowsACallByItsCheckpointElseByItsRecord) {
  a_directory directory;
  auto db = call_database::open(directory.data());
  ASSERT_TRUE(db) << db.error().line;
  EXPECT_FALSE(db->call_of(some_call).value());
  EXPECT_FALSE(db->finished_calls().value()->perhaps(some_call));
  journal_batch batch;
  batch.records.push_back({some_call, "salon-1", now(), record_of(some_call)});
  batch.records.push_back({{"CA2"}, "salon-1", now(), "not json"});
  ASSERT_TRUE(db->write(batch, now()));
  auto found = db->call_of(some_call).value();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->record.call, some_call);
  EXPECT_EQ(found->fallback, model::fallback_step::over) << "nothing is under way";
  EXPECT_FALSE(db->call_of({"CA2"}).value());
  EXPECT_TRUE(db->finished_calls().value()->perhaps(some_call));
  EXPECT_TRUE(db->finished_calls().value()->perhaps({"CA2"}));
  model::call_checkpoint transferring;
  transferring.record.call = some_call;
  transferring.fallback = model::fallback_step::transferring;
  journal_batch more;
  more.checkpoints.push_back({some_call, to_json(transferring)});
  ASSERT_TRUE(db->write(more, now()));
  found = db->call_of(some_call).value();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->fallback, model::fallback_step::transferring);
}

TEST(CallDatabase, IsOnlyReadByWhoOpensItToRead) {
  a_directory directory;
  EXPECT_FALSE(call_database::open_to_read(directory.data()));
  EXPECT_FALSE(fs::exists(directory.data()));
  ASSERT_TRUE(call_database::open(directory.data()));
  auto reader = call_database::open_to_read(directory.data());
  ASSERT_TRUE(reader) << reader.error();
  journal_batch batch;
  batch.events.push_back({some_call, now(), call_moment::webhook, ""});
  EXPECT_EQ(reader->write(batch, now()).error().is, net::sqlite::error::kind::read_only);
}

}  // namespace
}  // namespace tonris::actors
