// What nodes share of ended calls, in their stores.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "model/call/learned_facts.hpp"
#include "model/usage_report/grouped_usage.hpp"
#include "tests/actors/store/shared_stores.hpp"

namespace tonris::actors {
namespace {

using namespace test;
using namespace std::chrono_literals;
using note = model::call_record::note;

class SharedDatabase : public testing::Test, protected shared_stores {
 protected:
  static void learn(node& at, const std::string& sid, model::later_fact fact) {
    journal_batch batch;
    batch.facts.push_back({{sid}, std::move(fact)});
    at.write(batch);
  }
  static std::size_t listed(node& at, bool of_this_node = false) {
    return at.db->find({}, of_this_node).value().size();
  }
  static std::string files_of(const node& at) {
    std::ostringstream all;
    for (const auto& file : std::filesystem::directory_iterator(at.directory.data()))
      if (file.is_regular_file()) all << std::ifstream{file.path(), std::ios::binary}.rdbuf();
    return all.str();
  }
};

TEST_F(SharedDatabase, SendsNothingWhereNothingIsShared) {
  a_directory directory;
  auto db = call_database::open(directory.data());
  ASSERT_TRUE(db);
  ASSERT_TRUE(db->write(batch_of(ended_call("CA1")), now()));
  ASSERT_TRUE(db->forget({{"CA1"}}, now()));
  EXPECT_EQ(db->connection().read_number("SELECT count(*) FROM outbox"), 0);
  EXPECT_EQ(db->connection().read_number("SELECT count(*) FROM gone"), 0);
}

TEST_F(SharedDatabase, KeepsItsNameInTheFile) {
  const auto path = one.directory.data();
  one.db = tl::unexpected(unusable_database{});
  auto again = call_database::open(path);
  ASSERT_TRUE(again) << again.error().line;
  ASSERT_TRUE(again->share_as("another"));
  EXPECT_EQ(again->name(), "node-1");
}

TEST_F(SharedDatabase, SendsACallOnceWithItsNewestRecordAndItsEvents) {
  auto call = ended_call("CA1");
  one.ends(call);
  call.end_detail = "once more";
  one.ends(call);
  const auto waiting = one.outbox();
  ASSERT_EQ(waiting.size(), 1u);
  EXPECT_EQ(waiting[0].what, kind::record);
  EXPECT_EQ(waiting[0].rev, 2);
  EXPECT_EQ(waiting[0].json, to_json(call));
  EXPECT_EQ(waiting[0].events.size(), 2u);
  ASSERT_TRUE(one.db->sent({waiting[0].row}));
  EXPECT_TRUE(one.outbox().empty());
  EXPECT_FALSE(one.db->has_to_send());
}

TEST_F(SharedDatabase, DoesNotTakeForSentWhatHasChangedMeanwhile) {
  one.ends(ended_call("CA1"));
  const auto waiting = one.outbox();
  learn(one, "CA1", note{now(), "call her back"});
  ASSERT_TRUE(one.db->sent({waiting[0].row}));
  ASSERT_EQ(one.outbox().size(), 1u);
  EXPECT_EQ(one.outbox()[0].rev, 2);
}

TEST_F(SharedDatabase, TakesByRevWhateverTheOrderAndHoweverOften) {
  auto call = ended_call("CA1");
  one.ends(call);
  const auto first = as_read(one.outbox()[0], one);
  learn(one, "CA1", note{now(), "call her back"});
  const auto second = as_read(one.outbox()[0], one);
  struct row {
    std::vector<call_database::incoming> news;
    std::size_t records, known;
  };
  const row rows[] = {{{first}, 1, 0}, {{first}, 0, 1}, {{second, first}, 1, 1}, {{second}, 0, 1}};
  for (const auto& [news, records, known] : rows) {
    const auto taken = give(two, news);
    EXPECT_EQ(taken.records, records);
    EXPECT_EQ(taken.known, known);
  }
  EXPECT_EQ(two.record("CA1"), one.record("CA1"));
  EXPECT_EQ(two.db->events_of({"CA1"}).value(), one.db->events_of({"CA1"}).value());
  EXPECT_EQ(two.number("SELECT count(*) FROM calls"), 1);
  EXPECT_TRUE(two.outbox().empty()) << "it is not its own to send";
  EXPECT_EQ(give(one, {first, second}).known, 2u) << "its own, back from the stream";
}

TEST_F(SharedDatabase, ListsAndSumsTheCallsOfAllNodesOnce) {
  one.ends(ended_call("CA1"));
  two.ends(ended_call("CA2", now() + 1s));
  (void)pass(one, two);
  (void)pass(two, one);
  (void)pass(one, two);
  for (auto* const at : {&one, &two}) {
    EXPECT_EQ(listed(*at), 2u);
    EXPECT_EQ(listed(*at, true), 1u) << "of this node alone";
    call_database::usage_wanted all;
    all.to = now() + 1h;
    all.most = 10;
    const auto usage = at->db->usage_of(all).value();
    ASSERT_EQ(usage.rows.size(), 2u);
    EXPECT_EQ(usage.rows[0].used.seconds + usage.rows[1].used.seconds, 40);
    model::call_query words;
    words.words = "velociraptor";
    EXPECT_EQ(at->db->find(words).value().size(), 2u);
  }
}

TEST_F(SharedDatabase, AnswersNoQuestionOfTwiliosAboutAnotherNodesCall) {
  one.ends(ended_call("CA1"));
  (void)pass(one, two);
  EXPECT_NE(two.record("CA1"), "");
  EXPECT_FALSE(two.db->call_of({"CA1"}).value());
  EXPECT_FALSE(two.db->finished_calls().value()->perhaps({"CA1"}));
  EXPECT_TRUE(one.db->finished_calls().value()->perhaps({"CA1"}));
}

TEST_F(SharedDatabase, BringsWhatAnotherNodeLearnsIntoTheRecord) {
  one.ends(ended_call("CA1"));
  (void)pass(one, two);
  learn(two, "CA1", note{now(), "call her back"});
  learn(two, "CA1", model::call_record::voicemail_message{"RE1", "https://r.example/RE1", 7, now()});
  EXPECT_NE(two.record("CA1").find("call her back"), std::string::npos) << "at once";
  const auto waiting = two.outbox();
  ASSERT_EQ(waiting.size(), 1u);
  EXPECT_EQ(waiting[0].what, kind::learned);
  EXPECT_EQ(waiting[0].node, "node-1") << "whose call it is";
  EXPECT_EQ(waiting[0].json.find("velociraptor"), std::string::npos) << "the facts, and nothing else";
  for (const auto& fact : facts_in(model::parse_call_record(waiting[0].json).value())) learn(one, "CA1", fact);
  (void)pass(one, two);
  EXPECT_EQ(two.record("CA1"), one.record("CA1"));
  EXPECT_NE(one.record("CA1").find("RE1"), std::string::npos);
}

TEST_F(SharedDatabase, HasOfAReportTheTimeAndTheSourceOfOneTellingWhicheverNodeHearsOfItFirst) {
  const auto noon = *model::parse_iso_time("2026-11-22T12:00:00.000Z");
  for (const bool is_polled_first : {true, false}) {
    const std::string sid = is_polled_first ? "CA1" : "CA2";
    one.ends(ended_call(sid));
    (void)pass(one, two);
    model::call_record::vendor_report polled;
    polled.conversation = {"conv_" + sid};
    polled.agent = {"agent_1"};
    polled.at = noon + 5min;
    polled.source = "poll";
    polled.seconds = 62;
    auto called_back = polled;
    called_back.at = noon + 1min;
    called_back.source = "callback";
    if (is_polled_first) learn(one, sid, polled);
    learn(two, sid, called_back);
    if (!is_polled_first) learn(one, sid, polled);
    for (const auto& waiting : two.outbox())
      if (waiting.call.value == sid)
        for (const auto& fact : facts_in(model::parse_call_record(waiting.json).value())) learn(one, sid, fact);
    (void)pass(one, two);
    EXPECT_EQ(one.record(sid), two.record(sid)) << sid;
    const auto record = model::parse_call_record(one.record(sid)).value();
    ASSERT_EQ(record.reports.size(), 1u);
    EXPECT_EQ(record.reports[0].at, noon + 1min) << sid;
    EXPECT_EQ(record.reports[0].source, "callback") << sid;
    const auto before = one.record(sid);
    one.db = tl::unexpected(unusable_database{});  // it starts again, and both are told again
    one.db = call_database::open(one.directory.data());
    ASSERT_TRUE(one.db && one.db->share_as("node-1"));
    for (const auto& again : {polled, called_back}) learn(one, sid, again);
    EXPECT_EQ(one.record(sid), before);
  }
}

TEST_F(SharedDatabase, BringsRecordingsAndTwiliosWordAndThatOneIsDeleted) {
  auto call = ended_call("CA1");
  call.voicemail.push_back({"RE1", "https://r.example/RE1", 7, now()});
  one.ends(call);
  (void)pass(one, two);
  model::call_record::recording recording{"RE2", "completed", "https://r.example/RE2", 9, "callback", now()};
  learn(two, "CA1", recording);
  recording.status = "deleted";
  learn(two, "CA1", recording);
  auto message = call.voicemail[0];
  message.deleted = true;
  learn(two, "CA1", message);
  learn(two, "CA1", model::carrier_progress{{}, model::twilio::call_status::completed, 3, 61, now()});
  learn(one, "CA1", note{now(), "paid"});
  (void)pass(one, two);
  for (const auto& fact : facts_in(model::parse_call_record(two.outbox()[0].json).value())) learn(one, "CA1", fact);
  (void)pass(one, two);
  const auto record = model::parse_call_record(one.record("CA1")).value();
  ASSERT_EQ(record.recordings.size(), 1u);
  EXPECT_EQ(record.recordings[0].status, "deleted");
  EXPECT_TRUE(record.voicemail[0].deleted);
  ASSERT_TRUE(record.twilio);
  EXPECT_EQ(record.twilio->seconds, 61u);
  EXPECT_EQ(two.record("CA1"), one.record("CA1"));
}

TEST_F(SharedDatabase, HoldsWhatIsToldOfAnotherNodesCallUntilItsRecordComes) {
  const auto tell = [&](const model::later_fact& fact) {
    journal_batch batch;
    batch.facts.push_back({{"CA1"}, fact});
    EXPECT_TRUE(two.db->write(batch, now()).value().facts.empty()) << "none is lost";
  };
  tell(model::call_record::voicemail_message{"RE1", "https://r.example/RE1", 7, now()});
  tell(model::call_record::leg{{"CA2"}, "completed", 54, now()});
  tell(model::call_record::recording{"RE2", "completed", "https://r.example/RE2", 9, "callback", now()});
  tell(model::call_record::recording{"RE2", "completed", "https://r.example/RE2", 9, "callback", now()});
  EXPECT_EQ(two.db->held().value(), 1);
  EXPECT_TRUE(two.outbox().empty()) << "whose call it is nobody knows yet";
  one.ends(ended_call("CA1"));
  const auto taken = pass(one, two);
  EXPECT_EQ(taken.first.size(), 3u) << "a message, a leg and a recording";
  for (const auto& told : taken.first) EXPECT_EQ(told.call.value, "CA1");
  EXPECT_EQ(two.db->held().value(), 0);
  const auto waiting = two.outbox();
  ASSERT_EQ(waiting.size(), 1u);
  EXPECT_EQ(waiting[0].node, "node-1");
  for (const auto& fact : facts_in(model::parse_call_record(waiting[0].json).value())) learn(one, "CA1", fact);
  const auto record = model::parse_call_record(one.record("CA1")).value();
  EXPECT_EQ(record.voicemail.size(), 1u);
  EXPECT_EQ(record.legs.size(), 1u);
  EXPECT_EQ(record.recordings.size(), 1u);
  (void)pass(one, two);
  EXPECT_EQ(two.record("CA1"), one.record("CA1"));
}

TEST_F(SharedDatabase, SaysNothingOfWhatTheRecordThatComesHasAlready) {
  const model::call_record::voicemail_message message{"RE1", "https://r.example/RE1", 7, now()};
  journal_batch batch;
  batch.facts.push_back({{"CA1"}, message});
  ASSERT_TRUE(two.db->write(batch, now()));
  auto call = ended_call("CA1");
  ASSERT_TRUE(model::add_fact(call, message));  // Twilio has told both
  one.ends(call);
  EXPECT_TRUE(pass(one, two).first.empty());
  EXPECT_EQ(two.db->held().value(), 0);
}

TEST_F(SharedDatabase, HoldsItAlsoForACallThatComesHere) {
  journal_batch batch;
  batch.facts.push_back({{"CA1"}, note{now(), "call her back"}});
  ASSERT_TRUE(two.db->write(batch, now()));
  auto call = ended_call("CA1");
  two.ends(call);
  EXPECT_NE(two.record("CA1").find("call her back"), std::string::npos);
  EXPECT_EQ(two.db->held().value(), 0);
  ASSERT_TRUE(model::add_fact(call, note{now(), "paid"}));  // whoever had the call never heard of the first one
  two.ends(call);
  for (const auto* const told : {"call her back", "paid"})
    EXPECT_NE(two.record("CA1").find(told), std::string::npos) << told;
}

TEST_F(SharedDatabase, HoldsABoundedNumberForABoundedTimeAndNothingOfWhatWasDeleted) {
  const auto start = now();
  const auto tell = [&](const std::string& sid, std::chrono::milliseconds after) {
    journal_batch batch;
    batch.facts.push_back({{sid}, note{start, "call her back"}});
    return two.db->write(batch, start + after).value().facts;
  };
  const auto in_ms = std::chrono::duration_cast<std::chrono::milliseconds>(start.time_since_epoch()).count();
  ASSERT_TRUE(two.db->forget({{"CA8"}}, now()));
  EXPECT_TRUE(tell("CA8", 0ms).empty());
  EXPECT_EQ(two.db->held().value(), 0);
  EXPECT_TRUE(tell("CA1", 0ms).empty());
  ASSERT_TRUE(two.db->connection().exec(
      "INSERT INTO held SELECT 'CB' || value, '{}', " + std::to_string(in_ms + 1) +
      " FROM (WITH RECURSIVE n (value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n LIMIT " +
      std::to_string(call_database::max_held - 1) + ") SELECT * FROM n)"));
  EXPECT_EQ(tell("CA2", 2ms), std::vector{model::call_sid{"CA1"}}) << "who waited longest";
  EXPECT_EQ(two.db->held().value(), call_database::max_held);
  const auto over = start + call_database::held_for + 2ms;
  EXPECT_EQ(two.db->give_up_held(over).value().size(), static_cast<std::size_t>(call_database::max_held - 1));
  EXPECT_EQ(two.db->give_up_held(over + 1ms).value(), std::vector{model::call_sid{"CA2"}});
  ASSERT_TRUE(tell("CA3", 0ms).empty());
  ASSERT_TRUE(two.db->forget({{"CA3"}}, now()));
  EXPECT_EQ(two.db->held().value(), 0) << "it is deleted with all else";
}

TEST_F(SharedDatabase, KeepsWhatItHasLearnedAndNotToldYetWhenANewerRecordComes) {
  one.ends(ended_call("CA1"));
  (void)pass(one, two);
  learn(two, "CA1", note{now(), "call her back"});
  learn(one, "CA1", note{now(), "paid"});
  EXPECT_EQ(pass(one, two).records, 1u);
  EXPECT_NE(two.record("CA1").find("call her back"), std::string::npos);
  EXPECT_NE(two.record("CA1").find("paid"), std::string::npos);
  ASSERT_EQ(two.outbox().size(), 1u);
  EXPECT_EQ(two.outbox()[0].what, kind::learned);
}

TEST_F(SharedDatabase, TakesWhatWasLearnedIntoACopyWithoutSendingItOn) {
  shared_stores::node three{"node-3"};
  one.ends(ended_call("CA1"));
  const auto record = as_read(one.outbox()[0], one);
  give(two, {record});
  give(three, {record});
  learn(two, "CA1", note{now(), "call her back"});
  EXPECT_EQ(pass(two, three).learned, 1u);
  EXPECT_NE(three.record("CA1").find("call her back"), std::string::npos);
  EXPECT_TRUE(three.outbox().empty());
}

TEST_F(SharedDatabase, DeletesAtEveryNodeWhatOneDeletesAndLetsNothingBringItBack) {
  one.ends(ended_call("CA1"));
  const auto late = as_read(one.outbox()[0], one);
  (void)pass(one, two);
  ASSERT_TRUE(two.db->forget({{"CA1"}}, now()));
  const auto waiting = two.outbox();
  ASSERT_EQ(waiting.size(), 1u);
  EXPECT_EQ(waiting[0].what, kind::gone);
  EXPECT_EQ(pass(two, one).gone, 1u);
  for (auto* const at : {&one, &two}) {
    EXPECT_EQ(give(*at, {late}).known, 1u) << "an entry that comes late";
    EXPECT_EQ(at->record("CA1"), "");
    EXPECT_EQ(listed(*at), 0u);
    EXPECT_EQ(at->number("SELECT count(*) FROM events"), 0);
    EXPECT_TRUE(at->outbox().empty());
    while (at->db->merge_words().value()) {
    }
    ASSERT_TRUE(at->db->erase_traces().value());
    EXPECT_EQ(files_of(*at).find("velociraptor"), std::string::npos);
    EXPECT_EQ(files_of(*at).find("4512345678"), std::string::npos);
  }
}

TEST_F(SharedDatabase, SendsDeletionsBeforeAllElse) {
  one.ends(ended_call("CA1"));
  one.ends(ended_call("CA2"));
  ASSERT_TRUE(one.db->forget({{"CA2"}}, now()));
  const auto waiting = one.outbox();
  ASSERT_EQ(waiting.size(), 2u);
  EXPECT_EQ(waiting[0].what, kind::gone);
  EXPECT_EQ(waiting[0].call.value, "CA2");
}

TEST_F(SharedDatabase, HasTheSameOfTwoCallsOfOneSidAtEveryNode) {
  const auto earlier = ended_call("CA1"), later = ended_call("CA1", earlier.started + 3s);
  one.ends(earlier);
  two.ends(later);
  const auto from_one = as_read(one.outbox()[0], one), from_two = as_read(two.outbox()[0], two);
  EXPECT_EQ(give(one, {from_two}).records, 0u);
  const auto taken = give(two, {from_one});
  EXPECT_EQ(taken.records, 1u);
  ASSERT_EQ(taken.others.size(), 1u) << "its own gave way, and that is said";
  EXPECT_EQ(two.record("CA1"), one.record("CA1"));
  EXPECT_EQ(two.number("SELECT count(*) FROM calls"), 1);
  shared_stores::node three{"node-3"};
  give(three, {from_two});
  three.ends(earlier);
  EXPECT_EQ(three.record("CA1"), to_json(earlier)) << "also where the other's was there first";
}

TEST_F(SharedDatabase, IsWhoseNodeEndedItLast) {
  auto call = ended_call("CA1");
  one.ends(call);
  (void)pass(one, two);
  call.end_detail = "its caller came back, to the other node";
  two.ends(call);
  ASSERT_EQ(two.outbox().size(), 1u);
  EXPECT_EQ(two.outbox()[0].rev, 2);
  (void)pass(two, one);
  EXPECT_EQ(one.record("CA1"), to_json(call));
  EXPECT_EQ(listed(one, true), 0u);
  EXPECT_EQ(listed(two, true), 1u);
}

TEST_F(SharedDatabase, ReadsItsOwnAgainWhereItsDiskWasLost) {
  one.ends(ended_call("CA1"));
  const auto sent = as_read(one.outbox()[0], one);
  shared_stores::node empty{"node-1"};
  EXPECT_EQ(give(empty, {sent}).records, 1u);
  EXPECT_EQ(empty.record("CA1"), one.record("CA1"));
  EXPECT_EQ(listed(empty, true), 1u);
}

TEST_F(SharedDatabase, KeepsItsPlaceWithWhatItHasTaken) {
  EXPECT_EQ(one.db->feed().value(), call_database::feed_place{});
  give(one, {});
  EXPECT_EQ(one.db->feed().value(), (call_database::feed_place{"generation", "7-0"}));
}

TEST_F(SharedDatabase, BoundsWhatWaitsAndKeepsDeletionsWaiting) {
  ASSERT_TRUE(one.db->forget({{"CAgone"}}, now()));
  ASSERT_TRUE(one.db->connection().exec(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " +
      std::to_string(call_database::max_outbox) +
      ") INSERT INTO outbox (call_sid, gone, learned, since_ms) SELECT 'CB' || i, 0, '', 0 FROM n"));
  const auto full = one.db->write(batch_of(ended_call("CA1")), now());
  ASSERT_TRUE(full);
  EXPECT_EQ(full->unshared, 1u);
  EXPECT_EQ(one.number("SELECT count(*) FROM outbox WHERE gone = 0"), call_database::max_outbox);
  EXPECT_EQ(one.number("SELECT count(*) FROM outbox WHERE call_sid = 'CB1'"), 0) << "the oldest";
  EXPECT_EQ(one.number("SELECT count(*) FROM outbox WHERE gone = 1"), 1);
  EXPECT_NE(one.record("CA1"), "") << "its own store has it whatever waits";
}

TEST_F(SharedDatabase, LetsDeletionsThatWaitPushNoRecordOut) {
  ASSERT_TRUE(one.db->connection().exec(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " +
      std::to_string(call_database::max_outbox + 1) +
      ") INSERT INTO outbox (call_sid, gone, learned, since_ms) SELECT 'CB' || i, 1, '', 0 FROM n"));
  const auto full = one.db->write(batch_of(ended_call("CA1")), now());
  ASSERT_TRUE(full);
  EXPECT_EQ(full->unshared, 0u);
  EXPECT_EQ(one.number("SELECT count(*) FROM outbox WHERE gone = 0"), 1);
}

TEST_F(SharedDatabase, FindsWhatWasLearnedOfItsCallInACopyOfIt) {
  one.ends(ended_call("CA1"));
  (void)pass(one, two);
  learn(two, "CA1", note{now(), "call her back"});
  auto copy = as_read(two.outbox()[0], two);
  copy.what = kind::record;
  copy.node = "node-1";
  copy.rev = 1;
  copy.json = two.record("CA1");
  const auto taken = give(one, {copy});
  EXPECT_EQ(taken.known, 1u);
  ASSERT_EQ(taken.of_own.size(), 1u);
  for (const auto& fact : facts_in(taken.of_own[0])) learn(one, "CA1", fact);
  EXPECT_NE(one.record("CA1").find("call her back"), std::string::npos);
  EXPECT_EQ(one.number("SELECT rev FROM records"), 2);
  EXPECT_TRUE(give(one, {copy}).of_own.empty()) << "once";
}

TEST_F(SharedDatabase, KeepsWordsAwayWhoseDaysAreOverThoughACopyHasThem) {
  one.ends(ended_call("CA1", now() - 48h));
  (void)pass(one, two);
  learn(two, "CA1", note{now(), "call her back"});
  auto copy = as_read(two.outbox()[0], one);
  copy.what = kind::record;
  copy.rev = 1;
  copy.json = two.record("CA1");
  ASSERT_TRUE(one.db->keep_for({{{"salon-1"}, std::chrono::days{30}, std::chrono::days{3}}}));
  EXPECT_EQ(give(one, {copy}).of_own.size(), 1u);
  ASSERT_TRUE(one.db->keep_for({{{"salon-1"}, std::chrono::days{30}, std::chrono::days{1}}}));
  EXPECT_TRUE(give(one, {copy}).of_own.empty());
}

TEST_F(SharedDatabase, SendsNothingOfWhatWasPrunedMeanwhile) {
  one.ends(ended_call("CAold", now() - call_database::kept_for - 1h));
  while (one.db->prune(now()).value().has_more) continue;
  EXPECT_EQ(one.number("SELECT count(*) FROM outbox"), 0);
  const auto waiting = one.outbox();
  ASSERT_EQ(waiting.size(), 1u);
  EXPECT_EQ(waiting[0].what, kind::aged) << "what others may have got of it is taken out";
  EXPECT_EQ(waiting[0].json, "");
}

TEST_F(SharedDatabase, LeavesOutWhatThisVersionCannotRead) {
  one.ends(ended_call("CA1"));
  auto news = as_read(one.outbox()[0], one);
  news.json = "{\"callSid\":7}";
  EXPECT_EQ(give(two, {news}).unreadable, 1u);
  EXPECT_EQ(two.record("CA1"), "");
}

}  // namespace
}  // namespace tonris::actors
