/// What goes from the call database, and that nothing of it is left.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "actors/store/database.hpp"
#include "model/text/iso_time.hpp"
#include "tests/actors/store/a_directory.hpp"

namespace tonris::actors::test {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

const auto noon = model::parse_iso_time("2026-11-29T12:00:00.000Z").value();

model::call_record call(const std::string& sid, const std::string& tenant, days age, const std::string& said = "") {
  model::call_record record;
  record.call = {sid};
  record.tenant = {tenant};
  record.from = "+4570000001";
  record.to = "+15550100002";
  record.state = model::call_state::ended;
  record.started = noon - age;
  record.ended = record.started + 1min;
  if (!said.empty()) record.transcript.push_back({false, said, record.started, {}, 0});
  return record;
}

class CallsGone : public testing::Test {
 protected:
  CallsGone() : opened(call_database::open(directory.data()).value()) {}
  void reopen() {
    opened.reset();
    opened = call_database::open(directory.data()).value();
  }
  void write(const std::vector<model::call_record>& records) {
    journal_batch batch;
    for (const auto& one : records) {
      batch.records.push_back({one.call, one.tenant.value, one.started, to_json(one)});
      batch.events.push_back({one.call, noon, model::call_moment::caller_said, "said by " + one.call.value});
      batch.events.push_back({one.call, noon, model::call_moment::ended, "so"});
    }
    ASSERT_TRUE(opened->write(batch, noon));
  }
  void prune() {
    while (opened->prune(noon, noon).value().has_more) continue;
  }
  std::vector<std::string> left() {
    std::vector<std::string> sids;
    const auto all = opened->find({}).value();
    for (const auto& one : all) sids.push_back(model::parse_call_record(one.json).value().call.value);
    return sids;
  }
  std::vector<std::string> found(const std::string& words) {
    model::call_query query;
    query.words = words;
    std::vector<std::string> sids;
    const auto all = opened->find(query).value();
    for (const auto& one : all) sids.push_back(model::parse_call_record(one.json).value().call.value);
    return sids;
  }
  /// In any file of the store.
  bool is_on_disk(const std::string& words) {
    for (const auto& file : std::filesystem::directory_iterator(directory.data())) {
      std::ifstream in{file.path(), std::ios::binary};
      const std::string bytes{std::istreambuf_iterator<char>{in}, {}};
      if (bytes.find(words) != std::string::npos) return true;
    }
    return false;
  }

  a_directory directory;
  std::optional<call_database> opened;
};

TEST_F(CallsGone, GoWhenTheirTenantSays) {
  write({call("CA1", "salon", days{31}), call("CA2", "salon", days{29}), call("CA3", "long", days{80}),
         call("CA4", "long", days{91}), call("CA5", "short", days{6}), call("CA6", "short", days{8})});
  const std::vector<call_database::retention_rule> rules{{{"long"}, days{90}, days{90}}, {{"short"}, days{7}, days{7}}};
  ASSERT_TRUE(opened->keep_for(rules));
  EXPECT_EQ(opened->retention().value(), rules);
  prune();
  EXPECT_THAT(left(), ElementsAre("CA5", "CA2", "CA3"));
  ASSERT_TRUE(opened->keep_for({}));
  prune();
  EXPECT_THAT(left(), ElementsAre("CA5", "CA2")) << "without a rule the standard holds";
}

TEST_F(CallsGone, LoseTheirWordsFirst) {
  write({call("CA1", "salon", days{3}, "I want a haircut."), call("CA2", "salon", days{1}, "A haircut, please."),
         call("CA3", "other", days{3}, "No haircut.")});
  ASSERT_TRUE(opened->keep_for({{{"salon"}, days{30}, days{2}}}));
  prune();
  EXPECT_THAT(found("haircut"), ElementsAre("CA2", "CA3"));
  const auto silent = model::parse_call_record(opened->record_of({"CA1"}).value()).value();
  EXPECT_THAT(silent.transcript, IsEmpty());
  EXPECT_EQ(silent.lines_left_out, 1u) << "it says that there was something";
  EXPECT_EQ(silent.from, "+4570000001") << "the record stays";
  const auto events = opened->events_of({"CA1"}).value();
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].what, model::call_moment::ended);
}

TEST_F(CallsGone, AreFoundByTheirNumberThoughAnOlderVersionHasKeptItsExtension) {
  auto old = call("CA1", "salon", days{1}, "celesta");
  old.from = "+4570000001;ext=5";
  auto longer = call("CA2", "salon", days{1}, "marimba");
  longer.from = "+45700000010";
  write({old, longer});
  EXPECT_THAT(opened->calls_with("+4570000001", std::nullopt, 10).value(), ElementsAre(model::call_sid{"CA1"}));
  EXPECT_THAT(opened->calls_with("+4570000001", model::tenant_id{"garage"}, 10).value(), IsEmpty());
  ASSERT_TRUE(
      opened->connection().exec("INSERT OR IGNORE INTO unlisted SELECT call_sid FROM records; DELETE FROM calls"));
  EXPECT_THAT(opened->calls_with("+4570000001", std::nullopt, 10).value(), ElementsAre(model::call_sid{"CA1"}))
      << "not listed anew yet";
}

TEST_F(CallsGone, AreFoundByTheirNumberAndForgotten) {
  auto other = call("CA2", "garage", days{1}, "xylophone");
  other.from = "+15550100002";
  other.to = "+4570000001";
  auto stranger = call("CA3", "salon", days{1}, "marimba");
  stranger.from = "+4570000009";
  write({call("CA1", "salon", days{1}, "glockenspiel"), other, stranger});
  EXPECT_THAT(opened->calls_with("+45 70 00 00 01", std::nullopt, 10).value(), IsEmpty()) << "E.164 is wanted";
  EXPECT_THAT(opened->calls_with("+4570000001", std::nullopt, 10).value(),
              ElementsAre(model::call_sid{"CA1"}, model::call_sid{"CA2"}));
  EXPECT_THAT(opened->calls_with("+4570000001", model::tenant_id{"garage"}, 10).value(),
              ElementsAre(model::call_sid{"CA2"}));
  ASSERT_TRUE(opened->forget(opened->calls_with("+4570000001", std::nullopt, 10).value(), {}));
  EXPECT_THAT(left(), ElementsAre("CA3"));
  EXPECT_THAT(found("glockenspiel"), IsEmpty());
  EXPECT_THAT(opened->events_of({"CA1"}).value(), IsEmpty());
  int steps = 0;
  while (opened->merge_words().value()) ++steps;
  EXPECT_LT(steps, 50);
  ASSERT_TRUE(opened->erase_traces().value());
  for (const auto* word : {"glockenspiel", "xylophone", "+4570000001", "said by CA1"})
    EXPECT_FALSE(is_on_disk(word)) << word;
  EXPECT_TRUE(is_on_disk("marimba")) << "others' words stay";
  EXPECT_THAT(found("marimba"), ElementsAre("CA3"));
}

TEST_F(CallsGone, FromTheIndexToo) {
  write({call("CA1", "salon", days{31}, "glockenspiel"), call("CA2", "short", days{8}, "xylophone"),
         call("CA3", "salon", days{1}, "marimba")});
  ASSERT_TRUE(opened->keep_for({{{"short"}, days{7}, days{7}}}));
  prune();
  while (opened->merge_words().value()) continue;
  ASSERT_TRUE(opened->erase_traces().value());
  for (const auto* word : {"glockenspiel", "xylophone"}) EXPECT_FALSE(is_on_disk(word)) << word;
  EXPECT_TRUE(is_on_disk("marimba"));
  EXPECT_FALSE(opened->merge_words().value()) << "nothing is merged where nothing was deleted";
}

TEST_F(CallsGone, FromTheIndexInTheNextLifeWhereThisOneEndsBefore) {
  write({call("CA1", "salon", days{1}, "glockenspiel"), call("CA2", "salon", days{1}, "marimba")});
  while (opened->merge_words().value()) continue;
  ASSERT_TRUE(opened->forget({{"CA1"}}, noon));
  ASSERT_TRUE(is_on_disk("glockenspiel")) << "else this test says nothing";
  reopen();
  while (opened->merge_words().value()) continue;
  ASSERT_TRUE(opened->erase_traces().value());
  EXPECT_FALSE(is_on_disk("glockenspiel"));
  EXPECT_THAT(found("marimba"), ElementsAre("CA2"));
}

TEST_F(CallsGone, FromTheIndexAlsoWhileItIsMerged) {
  std::vector<model::call_record> many;
  for (int n = 0; n < 400; ++n) {
    std::string words = n == 0 ? "marimba " : "";
    for (std::uint64_t word = 0; word < 400; ++word)
      words += std::to_string((static_cast<std::uint64_t>(n) * 400 + word) * 2'654'435'761U) + " ";
    many.push_back(call("CA" + std::to_string(1000 + n), "salon", days{1}, words));
  }
  write(many);
  write({call("CA1", "salon", days{1}, "glockenspiel"), call("CA2", "salon", days{1}, "xylophone")});
  ASSERT_TRUE(opened->forget({{"CA1"}}, noon));
  ASSERT_TRUE(opened->merge_words().value()) << "it takes more than one step";
  ASSERT_TRUE(opened->forget({{"CA2"}}, noon));
  while (opened->merge_words().value()) continue;
  ASSERT_TRUE(opened->erase_traces().value());
  EXPECT_FALSE(is_on_disk("glockenspiel"));
  EXPECT_TRUE(opened->has_words_to_merge()) << "what went meanwhile";
  while (opened->merge_words().value()) continue;
  EXPECT_FALSE(opened->has_words_to_merge());
  ASSERT_TRUE(opened->erase_traces().value());
  for (const auto* word : {"glockenspiel", "xylophone"}) EXPECT_FALSE(is_on_disk(word)) << word;
  EXPECT_THAT(found("marimba"), ElementsAre("CA1000"));
}

TEST_F(CallsGone, FoundByTheirNumberBeforeTheyAreListed) {
  write({call("CA1", "salon", days{1}, "glockenspiel"), call("CA2", "garage", days{1})});
  // As a version before the list left them.
  ASSERT_TRUE(
      opened->connection().exec("INSERT OR IGNORE INTO unlisted SELECT call_sid FROM records; DELETE FROM calls"));
  EXPECT_THAT(opened->calls_with("+4570000001", std::nullopt, 10).value(),
              ElementsAre(model::call_sid{"CA1"}, model::call_sid{"CA2"}));
  EXPECT_THAT(opened->calls_with("+4570000001", model::tenant_id{"garage"}, 10).value(),
              ElementsAre(model::call_sid{"CA2"}));
  EXPECT_THAT(opened->calls_with("+4570000009", std::nullopt, 10).value(), IsEmpty());
}

TEST_F(CallsGone, NameTheirConversationsAndWhoHasNoRecord) {
  auto one = call("CA1", "salon", days{1});
  one.conversations.push_back({{"conv_1"}, one.started, {}, {}});
  one.reports.emplace_back().conversation = {"conv_2"};
  write({one, call("CA2", "salon", days{1})});
  journal_batch live;
  live.checkpoints.push_back({{"CA3"}, "{}"});
  ASSERT_TRUE(opened->write(live, noon));
  EXPECT_THAT(opened->conversations_of({{"CA1"}, {"CA2"}, {"CA9"}}).value(),
              ElementsAre(model::conversation_id{"conv_1"}, model::conversation_id{"conv_2"}));
  EXPECT_THAT(opened->unrecorded({{"CA1"}, {"CA3"}, {"CA9"}}).value(), ElementsAre(model::call_sid{"CA9"}));
}

/// What a gateway does each hour, whose clock says so much more than it is.
class CallsThatAge : public CallsGone {
 protected:
  void an_hour_passes(std::chrono::hours clock_is_ahead = 0h) {
    hour += 1h;
    const auto wall = noon + hour + clock_is_ahead;
    const auto as_of = opened->age(wall, 1h).value();
    while (opened->prune(as_of).value().has_more) continue;
  }
  void calls_come(const std::vector<std::string>& tenants) {
    std::vector<model::call_record> records;
    for (const auto& tenant : tenants)
      for (int i = 0; i < 2; ++i) records.push_back(call("CA" + std::to_string(++calls), tenant, days{0}));
    for (auto& one : records) one.ended = one.started = noon + hour;
    write(records);
  }
  /// How long ago the oldest began; none at all: a moment.
  std::chrono::hours oldest(const std::string& tenant) {
    model::call_query query;
    query.tenant = model::tenant_id{tenant};
    query.limit = 100'000;
    const auto all = opened->find(query).value();
    if (all.empty()) return 0h;
    const auto last = model::parse_call_record(all.back().json).value();
    return std::chrono::ceil<std::chrono::hours>(noon + hour - last.started);
  }
  std::int64_t records_left() { return opened->connection().read_number("SELECT count(*) FROM records").value(); }

  std::chrono::hours hour{0};
  int calls = 0;
};

TEST_F(CallsThatAge, AreNeverOlderThanTheirTenantSays) {
  const std::vector<std::string> tenants{"one", "three", "seven"};
  ASSERT_TRUE(
      opened->keep_for({{{"one"}, days{1}, days{1}}, {{"seven"}, days{7}, days{7}}, {{"three"}, days{3}, days{3}}}));
  for (int passed = 0; passed < 20 * 24; ++passed) {
    calls_come(tenants);
    an_hour_passes();
    if (passed % 6 != 0) continue;
    ASSERT_LE(oldest("one"), 25h) << "after " << passed << " h";
    ASSERT_LE(oldest("three"), 3 * 24h + 1h) << "after " << passed << " h";
    ASSERT_LE(oldest("seven"), 7 * 24h + 1h) << "after " << passed << " h";
  }
  EXPECT_EQ(records_left(), 2 * (24 + 3 * 24 + 7 * 24)) << "and none goes too early";
  for (int passed = 0; passed < 8 * 24; ++passed) an_hour_passes();
  EXPECT_EQ(records_left(), 0) << "also where no others come";
}

TEST_F(CallsThatAge, AreThroughAtOnceWhereTheirTenantWantsLess) {
  ASSERT_TRUE(opened->keep_for({{{"salon"}, days{90}, days{90}}}));
  std::vector<model::call_record> records;
  for (int day = 0; day < 90; ++day) records.push_back(call("CA" + std::to_string(day), "salon", days{day}));
  write(records);
  an_hour_passes();
  EXPECT_EQ(records_left(), 90);
  ASSERT_TRUE(opened->keep_for({{{"salon"}, days{7}, days{7}}}));
  an_hour_passes();
  EXPECT_EQ(records_left(), 7);
}

TEST_F(CallsThatAge, AreNotAllOldForAClockThatIsAMonthAhead) {
  for (int passed = 0; passed < 30 * 24; ++passed) {
    if (passed % 6 == 0) calls_come({"salon"});
    an_hour_passes();
  }
  const auto before = records_left();
  ASSERT_EQ(before, 240);
  reopen();
  for (int passed = 0; passed < 24; ++passed) an_hour_passes(31 * 24h);
  EXPECT_EQ(records_left(), before - 3 * 8) << "three days' calls in a day, however often it starts";
  for (int passed = 0; passed < 24; ++passed) {
    reopen();
    an_hour_passes();
  }
  EXPECT_EQ(records_left(), before - 3 * 8) << "nothing more once it is right again";
}

TEST_F(CallsThatAge, GoTheirWayAgainAfterTheGatewayWasAway) {
  calls_come({"salon"});
  an_hour_passes();
  hour += 40 * 24h;
  calls_come({"salon"});
  int hours = 0;
  for (; records_left() > 2 && hours < 500; ++hours) an_hour_passes();
  EXPECT_EQ(records_left(), 2);
  EXPECT_LE(hours, 15 * 24) << "thirty days, three in one";
  EXPECT_GE(hours, 9 * 24);
}

TEST_F(CallsThatAge, AreAsOldAsTheNewestWhereAnOlderVersionLeftThem) {
  write({call("CA1", "salon", days{0})});
  ASSERT_TRUE(opened->connection().exec("DROP TABLE aged; DROP TABLE waiting; UPDATE records SET changed_ms = 0"));
  ASSERT_TRUE(opened->connection().exec("DROP TABLE shared_too_long; DROP TABLE aged_out; DROP TABLE aged_out_told"));
  ASSERT_TRUE(opened->connection().exec(
      "CREATE INDEX calls_of_tenant_by_reason ON calls (tenant, reason); PRAGMA user_version = 13"));
  reopen();
  an_hour_passes(31 * 24h);
  EXPECT_THAT(left(), ElementsAre("CA1"));
}

/// With a message that Twilio keeps.
model::call_record spoken_call(const std::string& sid, const std::string& tenant, days age) {
  auto record = call(sid, tenant, age);
  record.account = {"AC1"};
  record.voicemail.push_back({"RE1", "https://api.twilio.com/RE1", 7, *record.ended});
  return record;
}

TEST_F(CallsGone, WaitUntilTwilioHasDeletedTheirVoices) {
  auto silent = spoken_call("CA2", "salon", days{31});
  silent.voicemail[0].deleted = true;
  write({spoken_call("CA1", "salon", days{31}), silent, call("CA3", "salon", days{31}),
         spoken_call("CA4", "short", days{8}), spoken_call("CA5", "gone", days{36}),
         spoken_call("CA6", "short", days{15}), spoken_call("CA7", "salon", days{38}),
         spoken_call("CA8", "short", days{1})});
  ASSERT_TRUE(opened->keep_for({{{"short"}, days{7}, days{7}}}));
  EXPECT_THAT(opened->prune(noon).value().with_audio, IsEmpty());
  EXPECT_THAT(left(), ElementsAre("CA8", "CA4", "CA6", "CA1", "CA5", "CA7")) << "however long they have been due";
  reopen();
  EXPECT_THAT(opened->prune(noon + 7 * 24h).value().with_audio, IsEmpty());
  EXPECT_EQ(left().size(), 6u);
  const auto done = opened->prune(noon + 7 * 24h + 1h).value();
  EXPECT_THAT(left(), ElementsAre("CA8")) << "a week is enough";
  EXPECT_THAT(done.with_audio,
              testing::UnorderedElementsAre(model::call_sid{"CA1"}, model::call_sid{"CA4"}, model::call_sid{"CA5"},
                                            model::call_sid{"CA6"}, model::call_sid{"CA7"}));
  EXPECT_EQ(opened->connection().read_number("SELECT count(*) FROM waiting"), 1) << "CA8's week begins";
}

TEST_F(CallsGone, WaitAnewWhereTheirTenantWantedThemForLongerMeanwhile) {
  write({spoken_call("CA1", "salon", days{8}), spoken_call("CA2", "salon", days{100})});
  const auto keep = [&](int so_long) { ASSERT_TRUE(opened->keep_for({{{"salon"}, days{so_long}, days{so_long}}})); };
  const auto waiting = [&] { return opened->connection().read_number("SELECT count(*) FROM waiting").value(); };
  keep(7);
  EXPECT_THAT(opened->prune(noon).value().with_audio, IsEmpty());
  EXPECT_EQ(waiting(), 2);
  keep(90);
  EXPECT_THAT(opened->prune(noon + days{1}).value().with_audio, IsEmpty());
  EXPECT_EQ(waiting(), 1) << "who is due goes on waiting";
  keep(7);
  EXPECT_THAT(opened->prune(noon + days{8}).value().with_audio, ElementsAre(model::call_sid{"CA2"}));
  EXPECT_THAT(left(), ElementsAre("CA1")) << "nobody has tried to delete its voices in its week";
  EXPECT_EQ(waiting(), 1);
  EXPECT_THAT(opened->prune(noon + days{15}).value().with_audio, IsEmpty());
  EXPECT_THAT(opened->prune(noon + days{15} + 1h).value().with_audio, ElementsAre(model::call_sid{"CA1"}));
  EXPECT_EQ(waiting(), 0);
}

TEST_F(CallsGone, AreSeenAFewAtATimeWhereTheyNeedNotWait) {
  write({spoken_call("CA999", "salon", days{31})});
  ASSERT_TRUE(
      opened->connection().exec("WITH RECURSIVE n (i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < "
                                "349) INSERT INTO waiting SELECT 'CA' || i, 1 FROM n"));
  const auto waiting = [&] { return opened->connection().read_number("SELECT count(*) FROM waiting").value(); };
  EXPECT_TRUE(opened->prune(noon).value().has_more);
  EXPECT_EQ(waiting(), 150 + 1) << "of no call that is kept";
  prune();
  EXPECT_EQ(waiting(), 1);
  EXPECT_THAT(left(), ElementsAre("CA999"));
}

TEST_F(CallsGone, AreNotKeptByOthersThatWait) {
  std::vector<model::call_record> all;
  for (int i = 0; i < 25; ++i) all.push_back(spoken_call("CAw" + std::to_string(i), "salon", days{33}));
  all.push_back(call("CA1", "salon", days{32}));
  all.push_back(call("CA2", "short", days{32}));
  write(all);
  ASSERT_TRUE(opened->keep_for({{{"short"}, days{7}, days{7}}}));
  int steps = 1;
  while (opened->prune(noon).value().has_more) ++steps;
  EXPECT_EQ(left().size(), 25u);
  EXPECT_LE(steps, 4) << "ten at a time";
}

TEST_F(CallsGone, AreToldWhenTheyAreDueToWhoDeletesTheirVoices) {
  write({spoken_call("CA1", "salon", days{31}), spoken_call("CA2", "salon", days{29}),
         spoken_call("CA3", "short", days{9}), spoken_call("CA4", "short", days{8}),
         spoken_call("CA5", "long", days{80})});
  ASSERT_TRUE(opened->keep_for({{{"long"}, days{90}, days{90}}, {{"short"}, days{7}, days{7}}}));
  std::vector<std::string> told;
  call_database::due_place behind;
  for (int part = 0; part < 4; ++part) {
    const auto due = opened->due(noon, behind, 1).value();
    for (const auto& one : due.calls) told.push_back(one.call.value + (one.has_rule ? " by rule" : ""));
    behind = due.upto;
  }
  EXPECT_THAT(told, ElementsAre("CA1", "CA3 by rule", "CA4 by rule"));
}

TEST_F(CallsGone, AreLookedForAPartAtATimeAmongThoseThatAreKeptForLonger) {
  std::vector<model::call_record> all{call("CA1", "salon", days{35})};
  for (int n = 0; n < 2 * call_database::most_looked_at; ++n)
    all.push_back(call("CA" + std::to_string(10'000 + n), "long", days{40}));
  write(all);
  ASSERT_TRUE(opened->keep_for({{{"long"}, days{90}, days{60}}}));
  std::vector<std::size_t> sizes;
  call_database::due_place behind;
  for (bool is_last = false; !is_last;) {
    const auto due = opened->due(noon, behind, 10).value();
    sizes.push_back(due.calls.size());
    behind = due.upto;
    is_last = due.is_last;
  }
  EXPECT_THAT(sizes, ElementsAre(0u, 0u, 1u));
  prune();
  EXPECT_EQ(opened->record_of({"CA1"}).value(), "");
  EXPECT_EQ(opened->connection().read_number("SELECT count(*) FROM calls").value(), 2 * call_database::most_looked_at);
}

TEST_F(CallsGone, AreSoManyAtOnceAsIsAskedFor) {
  write({call("CA1", "salon", days{35}), call("CA2", "salon", days{34}), call("CA3", "short", days{33}),
         call("CA4", "quiet", days{9}, "marimba"), call("CA5", "quieter", days{9}, "xylophone")});
  ASSERT_TRUE(opened->keep_for(
      {{{"quiet"}, days{30}, days{7}}, {{"quieter"}, days{30}, days{7}}, {{"short"}, days{7}, days{7}}}));
  ASSERT_TRUE(opened->prune(noon, noon, 1).value().has_more);
  EXPECT_THAT(left(), UnorderedElementsAre("CA2", "CA3", "CA4", "CA5"));
  EXPECT_THAT(found("marimba"), IsEmpty());
  EXPECT_THAT(found("xylophone"), ElementsAre("CA5"));
  ASSERT_TRUE(opened->prune(noon, noon, 1).value().has_more);
  EXPECT_THAT(left(), UnorderedElementsAre("CA3", "CA4", "CA5"));
  EXPECT_THAT(found("xylophone"), IsEmpty());
  prune();
  EXPECT_THAT(left(), UnorderedElementsAre("CA4", "CA5"));
}

TEST_F(CallsGone, AreOfNoAgeBeforeSomebodyHasAsked) {
  EXPECT_FALSE(opened->aged(noon).value().has_value());
  EXPECT_EQ(opened->age(noon, 1h).value(), noon);
  EXPECT_EQ(opened->aged(noon + 1h).value(), noon + 1h) << "of nothing it is the wall clock that says it";
  write({call("CA1", "salon", days{1})});
  EXPECT_EQ(opened->aged(noon + 1h).value(), noon);
  EXPECT_EQ(opened->aged(noon - 1h).value(), noon - 1h);
}

TEST_F(CallsGone, AlsoWhoseRecordNobodyCanRead) {
  journal_batch batch;
  batch.records.push_back({{"CA1"}, "salon", noon - days{31}, "not json"});
  batch.records.push_back({{"CA2"}, "salon", noon - days{3}, "not json"});
  ASSERT_TRUE(opened->write(batch, noon));
  prune();
  EXPECT_EQ(opened->record_of({"CA1"}).value(), "");
  EXPECT_EQ(opened->record_of({"CA2"}).value(), "not json");
}

}  // namespace
}  // namespace tonris::actors::test
