#include "actors/recording/audio_keeper.hpp"

#include <gmock/gmock.h>

#include <map>
#include <utility>

#include "model/call/kept_audio.hpp"
#include "tests/actors/fixture.hpp"

namespace tonris::actors::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using time = model::call_record::time;

const time noon{1'795'341'600s};
constexpr auto day = std::chrono::hours{24};

class AudioKeeper : public ActorTest {
 protected:
  void SetUp() override {
    tenants = track_as<tenant_store>(system.spawn([this](caf::event_based_actor*) -> caf::behavior {
      return {[this](const read_tenant_page& m) -> caf::result<tenant_page_read> {
                if (is_away) return caf::make_error(caf::sec::runtime_error, "away");
                tenant_page page;
                const auto from = kept.upper_bound(m.after.value);
                if (from != kept.end()) page.tenants.push_back({from->second.id, "1", to_json(from->second)});
                if (from != kept.end() && std::next(from) != kept.end()) page.last = from->second.id;
                return tenant_page_read{page};
              },
              [this](const look_up_tenants& m) {
                ++looked_up;
                looked_up_tenants looked;
                for (const auto& one : m.wanted) {
                  auto& answer = looked.found.emplace_back();
                  const auto found = kept.find(one.id.value);
                  if (found != kept.end())
                    answer = {looked_up_tenant::outcome::found, {found->second.id, "1", to_json(found->second)}};
                }
                return looked;
              },
              [this](const watch_tenants& m) { watcher = m.watcher; }};
    }));
    registry = track_as<tenant_registry>(system.spawn([this](caf::event_based_actor*) -> caf::behavior {
      return {[this](const find_tenant_by_id& m) {
        const auto known = kept.find(m.id.value);
        if (known == kept.end()) return found_tenant{};
        return found_tenant{std::make_shared<const model::tenant>(known->second)};
      }};
    }));
    calls = track_as<call_store>(system.spawn([this](caf::event_based_actor*) -> caf::behavior {
      return {[this](const find_due_calls& m) { return due(m); }, [this](audio_is_gone) { ++told_that_it_is_gone; },
              [this](const find_calls& m) -> caf::result<found_calls> {
                queries.push_back(m.query);
                found_calls found;
                for (auto one = records.rbegin(); one != records.rend(); ++one) {  // the newest first
                  const auto& record = *one;
                  if (record.tenant != m.query.tenant || found.records.size() == m.query.limit) continue;
                  if (record.started >= *m.query.to || (m.query.from && record.started < *m.query.from)) continue;
                  if (m.query.after && number_of(place_of(record)) >= number_of(*m.query.after)) continue;
                  found.records.push_back(to_json(record));
                  if (found.records.size() == m.query.limit) found.last = place_of(record);
                }
                return found;
              }};
    }));
    supervisor = track_as<call_supervisor>(system.spawn([this](caf::event_based_actor*) -> caf::behavior {
      return {[this](const learn_fact& m) {
        for (auto& record : records)
          if (record.call == m.call) add_fact(record, m.fact);
        return fact_learned{remembers};
      }};
    }));
    access = track_as<access_registry>(system.spawn([this](caf::event_based_actor*) -> caf::behavior {
      return {[this](const note_change& m) {
        noted.push_back(m.entry);
        return change_noted{};
      }};
    }));
    callbacks = track_as<callback_keeper>(system.spawn([this](caf::event_based_actor*) -> caf::behavior {
      return {[this](const forget_audio_of& m) -> caf::result<audio_of_forgotten> {
        own_asked.push_back(m.call.value);
        if (is_disk_full) return caf::make_error(caf::sec::runtime_error, "disk");
        return audio_of_forgotten{std::exchange(own_files[m.call.value], 0)};
      }};
    }));
    twilio = track_as<twilio_rest>(system.spawn([this](caf::event_based_actor*) -> caf::behavior {
      return {[this](const ask_twilio& m) {
        asked.push_back(m);
        return twilio_answer{status, {}, {}};
      }};
    }));
  }
  void TearDown() override {
    tenants = nullptr;
    registry = nullptr;
    calls = nullptr;
    supervisor = nullptr;
    access = nullptr;
    callbacks = nullptr;
    twilio = nullptr;
    keeper = nullptr;
    watcher = nullptr;
    ActorTest::TearDown();
  }
  void start() {
    audio_keeper_settings with;
    with.tenants = tenants;
    with.registry = registry;
    with.calls = calls;
    with.supervisor = supervisor;
    with.journal = journal;
    with.access = access;
    with.callbacks = callbacks;
    with.twilio = twilio;
    with.main = {{"AC1"}, tonris::config::secret{"main token"}};
    with.wall_clock = [this] { return noon + (scheduler.clock().now() - began); };
    with.counters = &counters;
    keeper = track_as<audio_keeper>(caf::actor_cast<caf::actor>(keep_audio(system, std::move(with))));
    settle();
  }
  void tenant_of(const std::string& id, std::optional<std::uint32_t> audio_days) {
    auto& t = kept[id];
    t.id = {id};
    t.name = "Salon";
    t.phone_number = "+15550100001";
    t.retention = model::tenant::retention_type{30, {}, audio_days};
  }
  /// With a message and a recording.
  void call_of(const std::string& tenant, time started, const std::string& account = "AC1") {
    model::call_record record;
    const auto number = std::to_string(records.size() + 1);
    record.call = {"CA" + std::string(32 - number.size(), '0') + number};
    record.tenant = {tenant};
    record.account = {account};
    record.started = started;
    record.ended = started + 60s;
    record.state = model::call_state::ended;
    record.reason = model::end_reason::caller_hung_up;
    record.voicemail.push_back({"REm" + number, "https://api.twilio.com/REm" + number, 7, started});
    record.recordings.push_back({"REc" + number, "completed", "", 9, "callback", started});
    records.push_back(record);
  }
  /// Of which ElevenLabs has told the audio, and not asked for at Twilio.
  std::string told_call_of(const std::string& tenant, time started, std::uint64_t bytes = 4711) {
    call_of(tenant, started);
    auto& record = records.back();
    record.voicemail.clear();
    record.recordings.clear();
    model::call_record::vendor_report report;
    report.conversation = {"conv_" + record.call.value};
    report.audio_bytes = bytes;
    record.reports.push_back(report);
    if (bytes > 0) own_files[record.call.value] = 1;
    return record.call.value;
  }
  /// Of all tenants' calls those of more than 30 days.
  found_due_calls due(const find_due_calls& wanted) {
    pages.push_back(wanted.behind.row);
    found_due_calls found{{}, wanted.behind};
    for (auto at = static_cast<std::size_t>(wanted.behind.row); at < records.size(); ++at) {
      if (found.records.size() == wanted.most) break;
      found.upto.row = static_cast<std::int64_t>(at + 1);
      if (records[at].started < noon - 30 * day) found.records.push_back(to_json(records[at]));
    }
    found.has_more = found.records.size() == wanted.most;
    return found;
  }
  void pass_slowly(std::chrono::seconds of) {
    for (auto passed = 0s; passed < of; passed += 1s) pass(1s);
  }
  /// Four seconds, each pause of it.
  void pass_a_while() {
    for (int i = 0; i < 40; ++i) pass(100ms);
  }
  void have_changed(const std::vector<std::string>& ids) {
    tenants_changed news;
    for (const auto& id : ids) news.changes.push_back({1, {id}, {}, {}});
    caf::anon_send(watcher, news);
    settle();
  }
  void a_round() {
    caf::anon_send(keeper, look_for_old_audio{});
    settle();
    for (int i = 0; i < 100; ++i) pass(100ms);
  }
  std::vector<std::string> removed() const {
    std::vector<std::string> sids;
    for (const auto& one : asked) {
      EXPECT_TRUE(one.removes);
      sids.push_back(one.target.substr(one.target.rfind('/') + 1));
    }
    return sids;
  }
  double counted_as(const std::string& outcome) {
    return counted(R"(tonris_recordings_removed_total{outcome=")" + outcome + "\"}");
  }

  std::map<std::string, model::tenant> kept;
  std::vector<model::call_record> records;  ///< the oldest first
  std::vector<model::call_query> queries;
  std::vector<model::audit_entry> noted;
  std::vector<ask_twilio> asked;
  unsigned status = 204;
  bool is_away = false, remembers = false, is_disk_full = false;
  std::vector<std::int64_t> pages;  ///< of calls that are due
  int told_that_it_is_gone = 0;
  std::vector<std::string> own_asked;
  std::map<std::string, std::size_t> own_files;  ///< of a call, on this node's disk
  std::shared_ptr<call_journal> journal = std::make_shared<call_journal>([] {});
  tenant_store tenants;
  tenant_registry registry;
  call_store calls;
  call_supervisor supervisor;
  access_registry access;
  callback_keeper callbacks;
  twilio_rest twilio;
  audio_keeper keeper;
  tenant_watcher watcher;
  int looked_up = 0;  ///< questions
  const caf::actor_clock::time_point began = scheduler.clock().now();
};

TEST_F(AudioKeeper, DeletesWhatIsOlderThanItsTenantWants) {
  tenant_of("a", 7);
  tenant_of("b", std::nullopt);
  call_of("a", noon - 8 * day);
  call_of("b", noon - 8 * day);
  call_of("a", noon - 6 * day);
  start();
  pass_slowly(30min);
  EXPECT_THAT(asked, IsEmpty()) << "now and then";
  pass_slowly(31min);
  EXPECT_THAT(removed(), ElementsAre("REm1.json", "REc1.json"));
  EXPECT_EQ(asked[0].target, "/2010-04-01/Accounts/AC1/Recordings/REm1.json");
  EXPECT_EQ(asked[0].as.token.reveal(), "main token");
  EXPECT_TRUE(records[0].voicemail[0].deleted);
  EXPECT_EQ(records[0].recordings[0].status, "deleted");
  EXPECT_EQ(journal->take().facts.size(), 2u) << "nobody remembers the call: its record learns it";
  ASSERT_EQ(noted.size(), 2u);
  EXPECT_EQ(noted[0].who, "retention");
  EXPECT_EQ(noted[0].what, "recording.delete");
  EXPECT_THAT(noted[0].before, testing::HasSubstr(R"("recordingSid":"REm1")"));
  EXPECT_EQ(counted_as("deleted"), 2);
}

TEST_F(AudioKeeper, DoesItSoonForATenantWhoseDaysHaveChanged) {
  for (const auto* const id : {"a", "b"}) {
    tenant_of(id, std::nullopt);
    call_of(id, noon - 8 * day);
  }
  start();
  tenant_of("a", 7);
  tenant_of("b", 7);  // of which nobody has told yet
  for (int i = 0; i < 3; ++i) have_changed({"a", "departed"});
  pass_a_while();
  EXPECT_THAT(removed(), ElementsAre("REm1.json", "REc1.json"));
  EXPECT_EQ(looked_up, 1) << "once for all that came together";
  have_changed({"a"});
  pass_a_while();
  EXPECT_EQ(asked.size(), 2u) << "it was done";
  kept["a"].retention->audio_days = 5;
  call_of("a", noon - 6 * day);
  have_changed({"a"});
  pass_a_while();
  EXPECT_EQ(asked.size(), 4u);
}

TEST_F(AudioKeeper, LooksAtAllWhereManyHaveChanged) {
  tenant_of("a", 7);
  call_of("a", noon - 8 * day);
  start();
  std::vector<std::string> many;
  for (std::size_t i = 0; i <= audio_keeper_settings::tenants_a_page; ++i) many.push_back("t" + std::to_string(i));
  have_changed(many);
  pass_a_while();
  EXPECT_EQ(looked_up, 0);
  EXPECT_THAT(removed(), ElementsAre("REm1.json", "REc1.json"));
}

TEST_F(AudioKeeper, DoesItOnceAndReadsNoMoreThanIsNew) {
  tenant_of("a", 7);
  call_of("a", noon - 8 * day);
  start();
  a_round();
  a_round();
  EXPECT_EQ(asked.size(), 2u);
  ASSERT_EQ(queries.size(), 2u);
  EXPECT_EQ(queries[1].from, queries[0].to);
  call_of("a", *queries[1].to + 1s);
  a_round();
  EXPECT_THAT(removed(), ElementsAre("REm1.json", "REc1.json", "REm2.json", "REc2.json"));
}

TEST_F(AudioKeeper, TakesWhatIsGoneForDone) {
  tenant_of("a", 7);
  call_of("a", noon - 8 * day);
  status = 404;
  start();
  a_round();
  EXPECT_TRUE(records[0].voicemail[0].deleted);
  EXPECT_EQ(counted_as("not_there"), 2);
  EXPECT_THAT(noted, IsEmpty()) << "it was not we";
}

TEST_F(AudioKeeper, TakesWhatHasJustBeenToldForNotThereYet) {
  tenant_of("a", 7);
  call_of("a", noon - 8 * day);
  records[0].recordings[0].at = noon - 20s;  // of a call that went on for days, or told late
  status = 404;
  start();
  a_round();
  EXPECT_EQ(records[0].recordings[0].status, "completed");
  EXPECT_EQ(counted_as("not_yet"), 1);
  EXPECT_EQ(counted_as("not_there"), 1) << "the message is old";
  pass_slowly(30s);
  a_round();
  EXPECT_EQ(records[0].recordings[0].status, "deleted");
  EXPECT_EQ(counted_as("not_there"), 2);
  a_round();
  EXPECT_EQ(asked.size(), 3u);
}

TEST_F(AudioKeeper, TriesAgainWhatTwilioDidNotDo) {
  tenant_of("a", 7);
  call_of("a", noon - 8 * day);
  for (const unsigned fails : {0u, 500u, 401u}) {
    status = fails;
    if (!keeper) start();
    a_round();
  }
  EXPECT_EQ(counted_as("failed"), 6);
  EXPECT_FALSE(records[0].voicemail[0].deleted);
  status = 204;
  a_round();
  EXPECT_TRUE(records[0].voicemail[0].deleted);
}

TEST_F(AudioKeeper, AsksInTheNameOfTheAccountThatHasIt) {
  tenant_of("a", 7);
  const std::string own = "AC00000000000000000000000000000002";
  kept["a"].secrets.account = {own};
  kept["a"].secrets.auth_tokens = {model::tenant_secret::form::sealed, "k1:x"};
  call_of("a", noon - 9 * day, "AC00000000000000000000000000000003");
  call_of("a", noon - 8 * day, own);
  start();
  a_round();
  EXPECT_THAT(asked, IsEmpty()) << "without a token that can be opened";
  EXPECT_EQ(counted_as("failed"), 4);
  kept["a"].secrets.auth_tokens = {model::tenant_secret::form::plain, "its own"};
  a_round();
  EXPECT_THAT(removed(), ElementsAre("REm2.json", "REc2.json"));
  ASSERT_FALSE(asked.empty());
  EXPECT_EQ(asked[0].as.token.reveal(), "its own");
}

TEST_F(AudioKeeper, GoesThroughManyOneByOne) {
  tenant_of("a", 7);
  for (int i = 0; i < 450; ++i) call_of("a", noon - 20 * day + i * 1min);
  start();
  caf::anon_send(keeper, look_for_old_audio{});
  settle();
  for (int i = 0; i < 10; ++i) pass(100ms);
  EXPECT_LE(asked.size(), 10u) << "a pause between any two";
  for (int i = 0; i < 1'000; ++i) pass(100ms);
  EXPECT_EQ(asked.size(), 900u);
  EXPECT_EQ(queries.size(), 3u) << "in pages";
}

TEST_F(AudioKeeper, TriesAgainWhereTheTenantsCannotBeRead) {
  tenant_of("a", 7);
  call_of("a", noon - 8 * day);
  is_away = true;
  start();
  a_round();
  is_away = false;
  a_round();
  EXPECT_EQ(asked.size(), 2u);
}

TEST_F(AudioKeeper, DeletesWhatIsThereWhenARecordsDaysAreOver) {
  tenant_of("b", std::nullopt);
  call_of("b", noon - 31 * day);
  call_of("gone", noon - 31 * day);
  told_call_of("b", noon - 31 * day);
  call_of("b", noon - 29 * day);
  start();
  a_round();
  EXPECT_THAT(removed(), ElementsAre("REm1.json", "REc1.json", "REm2.json", "REc2.json"));
  EXPECT_TRUE(records[0].voicemail[0].deleted);
  ASSERT_EQ(noted.size(), 4u);
  EXPECT_EQ(noted[0].tenant, model::tenant_id{"b"});
  EXPECT_EQ(noted[2].tenant, model::tenant_id{"gone"});
  EXPECT_THAT(own_asked, IsEmpty()) << "our own go with the record";
  EXPECT_EQ(told_that_it_is_gone, 1) << "which need not wait any longer";
  a_round();
  EXPECT_EQ(asked.size(), 4u);
  EXPECT_EQ(told_that_it_is_gone, 1);
}

TEST_F(AudioKeeper, TriesAgainAndAgainWhereNobodyHasTheTokenOfATenantThatIsGone) {
  call_of("gone", noon - 31 * day, "AC00000000000000000000000000000009");
  call_of("b", noon - 31 * day);
  start();
  a_round();
  EXPECT_THAT(removed(), ElementsAre("REm2.json", "REc2.json")) << "others are not kept waiting";
  EXPECT_EQ(counted_as("failed"), 2);
  a_round();
  EXPECT_EQ(counted_as("failed"), 4);
  EXPECT_EQ(told_that_it_is_gone, 1);
}

TEST_F(AudioKeeper, ReadsWhatIsDueInPages) {
  for (int i = 0; i < 120; ++i) call_of("b", noon - 40 * day + i * 1min);
  start();
  caf::anon_send(keeper, look_for_old_audio{});
  settle();
  for (int i = 0; i < 400; ++i) pass(100ms);
  EXPECT_EQ(asked.size(), 240u);
  EXPECT_THAT(pages, ElementsAre(0, 50, 100));
}

TEST_F(AudioKeeper, DeletesItsOwnFilesOfTheSameCalls) {
  tenant_of("a", 7);
  tenant_of("b", std::nullopt);
  const auto old = told_call_of("a", noon - 8 * day);
  const auto without = told_call_of("a", noon - 8 * day, 0);
  const auto young = told_call_of("a", noon - 6 * day);
  const auto kept_on = told_call_of("b", noon - 8 * day);
  start();
  a_round();
  EXPECT_THAT(own_asked, ElementsAre(old));
  EXPECT_THAT(asked, IsEmpty());
  EXPECT_TRUE(records[0].reports[0].audio_deleted);
  EXPECT_FALSE(records[2].reports[0].audio_deleted);
  EXPECT_EQ(journal->take().facts.size(), 1u);
  ASSERT_EQ(noted.size(), 1u);
  EXPECT_EQ(noted[0].what, "recording.delete");
  EXPECT_EQ(counted_as("deleted"), 1);
  a_round();
  EXPECT_EQ(own_asked.size(), 1u) << "once";
}

TEST_F(AudioKeeper, LeavesFilesOfAnotherNodeToThat) {
  tenant_of("a", 7);
  own_files[told_call_of("a", noon - 8 * day)] = 0;
  start();
  a_round();
  EXPECT_EQ(own_asked.size(), 1u);
  EXPECT_FALSE(records[0].reports[0].audio_deleted) << "it is not gone there";
  EXPECT_THAT(noted, IsEmpty());
}

TEST_F(AudioKeeper, TriesAgainWhereItsOwnDiskFails) {
  tenant_of("a", 7);
  told_call_of("a", noon - 8 * day);
  is_disk_full = true;
  start();
  a_round();
  EXPECT_EQ(counted_as("failed"), 1);
  is_disk_full = false;
  a_round();
  EXPECT_TRUE(records[0].reports[0].audio_deleted);
}

}  // namespace
}  // namespace tonris::actors::test
