#include "actors/records/entry.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <iterator>

#include "actors/records/sender.hpp"
#include "tests/actors/store/stored_calls.hpp"

namespace tonris::actors {
namespace {

using namespace test;
using kind = call_database::outgoing::kind;
using record_entry::refusal;
using words = std::vector<std::string>;

model::field_seal sealing_with(const std::string& keys) {
  return model::field_seal{derive(model::parse_key_ring(keys).value())};
}
const std::string k1 = "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
                  k2 = "k2:ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";

class RecordEntry : public testing::Test {
 protected:
  RecordEntry() {
    what.call = some_call;
    what.tenant = "salon-1";
    what.rev = 3;
    what.json = R"({"callSid":"CA1","from":"+4512345678"})";
    what.events.push_back({some_call, now(), model::call_moment::caller_said, "hello"});
  }
  words fields(const model::field_seal& seal) const {
    return record_entry::fields_of(what, seal, [] { return model::aead_nonce{1, 2, 3}; }).value();
  }
  /// As XREAD answers it: what the script writes itself, and the rest.
  net::redis_reply entry(const words& rest,
                         words own = {"what", "record", "call", some_call.value, "rev", "3", "node", "node-1"}) const {
    own.insert(own.end(), rest.begin(), rest.end());
    std::vector<net::redis_reply> fields;
    for (const auto& word : own) fields.push_back(text(word));
    return items({text("1795958198791-0"), items(std::move(fields))});
  }
  static net::redis_reply text(std::string of) { return {net::redis_reply::kind::text, std::move(of), 0, {}}; }
  static net::redis_reply items(std::vector<net::redis_reply> of) {
    return {net::redis_reply::kind::items, {}, 0, std::move(of)};
  }

  call_database::outgoing what;
  const model::field_seal open_{std::vector<model::derived_keys>{}};
};

TEST_F(RecordEntry, IsReadAsItWasWritten) {
  const auto sealed = sealing_with(k1);
  for (const auto* const seal : {&open_, &sealed}) {
    const auto read = record_entry::read(entry(fields(*seal)), *seal);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->id, "1795958198791-0");
    EXPECT_EQ(read->news.what, kind::record);
    EXPECT_EQ(read->news.call, some_call);
    EXPECT_EQ(read->news.tenant, "salon-1");
    EXPECT_EQ(read->news.node, "node-1");
    EXPECT_EQ(read->news.rev, 3);
    EXPECT_FALSE(read->news.changed_ms) << "now";
    EXPECT_EQ(read->news.json, what.json);
    EXPECT_EQ(read->news.events, what.events);
  }
}

TEST_F(RecordEntry, SaysWhenWhatIsSentAgainHasChanged) {
  auto sent = fields(open_);
  sent.insert(sent.end(), {"changed", "1795958198791"});
  EXPECT_EQ(record_entry::read(entry(sent), open_)->news.changed_ms, 1795958198791);
}

TEST_F(RecordEntry, ShowsNothingOfACallWhereItIsSealed) {
  for (const auto& word : fields(sealing_with(k1))) {
    EXPECT_EQ(word.find("4512345678"), std::string::npos);
    EXPECT_EQ(word.find("hello"), std::string::npos);
  }
}

TEST_F(RecordEntry, WaitsForAKeyThatThisNodeDoesNotHaveYet) {
  const auto by_another = entry(fields(sealing_with(k2)));
  EXPECT_EQ(record_entry::read(by_another, sealing_with(k1)).error(), refusal::unknown_key);
  EXPECT_EQ(record_entry::read(by_another, open_).error(), refusal::unknown_key);
  EXPECT_TRUE(record_entry::read(by_another, sealing_with(k1 + "," + k2)));
  EXPECT_TRUE(record_entry::read(entry(fields(open_)), sealing_with(k1))) << "of a node without one";
}

TEST_F(RecordEntry, DoesNotOpenAsAnotherCallsOrRevs) {
  const auto seal = sealing_with(k1);
  const auto rest = fields(seal);
  const words owns[] = {{"what", "record", "call", "CA2", "rev", "3", "node", "node-1"},
                        {"what", "record", "call", some_call.value, "rev", "4", "node", "node-1"}};
  for (const auto& own : owns) EXPECT_EQ(record_entry::read(entry(rest, own), seal).error(), refusal::unreadable);
}

TEST_F(RecordEntry, TellsWhoseCallWasLearnedOf) {
  what.what = kind::learned;
  what.node = "node-2";
  what.events.clear();
  const auto read = record_entry::read(
      entry(fields(open_), {"what", "learned", "call", some_call.value, "rev", "3", "node", "node-1"}), open_);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->news.what, kind::learned);
  EXPECT_EQ(read->owner, "node-2");
}

/// As record_aged.lua puts it into its place.
TEST_F(RecordEntry, BringsWhatIsLeftOfFactsWithoutTheirWords) {
  model::call_record facts;
  facts.call = some_call;
  facts.tenant.value = what.tenant;
  facts.started = now();
  facts.recordings.push_back({"RE1", "completed", "https://r.example/RE1", 9, "callback", now()});
  const auto silent = to_json(facts);
  facts.notes.push_back({now(), "call her back"});
  what.what = kind::learned;
  what.events.clear();
  const words own{"what", "learned", "call", some_call.value, "rev", "3", "node", "node-1"};
  const auto sealed = sealing_with(k1);
  for (const auto* const seal : {&open_, &sealed}) {
    const std::string with = seal == &sealed ? "sealed_" : "";
    what.json = to_json(facts);
    auto sent = fields(*seal);
    const auto whole = std::ranges::find(sent, with + "json"), left = std::ranges::find(sent, with + "silent");
    ASSERT_NE(whole, sent.end());
    ASSERT_NE(left, sent.end());
    EXPECT_EQ(record_entry::read(entry(sent, own), *seal)->news.json, what.json);
    *whole = "silent";
    *left = with + "json";
    EXPECT_EQ(record_entry::read(entry(sent, own), *seal)->news.json, silent);
    what.json = silent;
    sent = fields(*seal);
    const auto none = std::ranges::find(sent, "silent");
    ASSERT_NE(none, sent.end());
    EXPECT_EQ(*std::next(none), "") << "it has no words";
  }
  what.what = kind::record;
  EXPECT_EQ(std::ranges::count(fields(open_), "silent"), 0);
}

TEST_F(RecordEntry, IsADeletionOrAWishToHearItAgain) {
  const auto gone = record_entry::read(entry({}, {"what", "gone", "call", "CA1", "node", "node-1"}), open_);
  ASSERT_TRUE(gone);
  EXPECT_EQ(gone->news.what, kind::gone);
  EXPECT_EQ(record_entry::call_of(entry({}, {"what", "gone", "call", "CA1"})), "CA1");
  EXPECT_EQ(record_entry::call_of(entry({}, {"what", "news"})), "");
  const auto missed = record_entry::read(entry({}, {"what", "missed", "node", "node-1", "since", "17"}), open_);
  ASSERT_TRUE(missed);
  EXPECT_EQ(missed->missed, 17u);
  EXPECT_EQ(missed->owner, "") << "all are asked";
  const auto of_one =
      record_entry::read(entry({}, {"what", "missed", "node", "node-1", "since", "17", "of", "node-2"}), open_);
  ASSERT_TRUE(of_one);
  EXPECT_EQ(of_one->owner, "node-2");
  const auto has = record_entry::read(entry({}, {"what", "has", "node", "node-1", "since", "17"}), open_);
  ASSERT_TRUE(has);
  EXPECT_EQ(has->has, 17u);
  EXPECT_FALSE(has->missed);
}

TEST_F(RecordEntry, IsTooLargeWhereItsSizeStandsInItsPlace) {
  auto large = entry({}, {});
  large.items[1] = {net::redis_reply::kind::integer, {}, 7'000'000, {}};
  EXPECT_EQ(record_entry::read(large, open_).error(), record_entry::refusal::too_large);
}

TEST_F(RecordEntry, IsLeftOutWhereNobodyCanReadIt) {
  const words owns[] = {{},
                        {"what", "news", "call", "CA1", "node", "n"},
                        {"what", "record", "node", "n", "rev", "1"},
                        {"what", "record", "call", "CA1", "node", "n", "rev", "one"},
                        {"what", "record", "call", "CA1", "node", "n"},
                        {"what", "missed", "node", "n", "since", ""},
                        {"what", "missed", "since", "17"},
                        {"what", "has", "node", "", "since", "17"}};
  for (const auto& own : owns) EXPECT_EQ(record_entry::read(entry({}, own), open_).error(), refusal::unreadable);
  EXPECT_EQ(record_entry::read({}, open_).error(), refusal::unreadable);
}

TEST_F(RecordEntry, GoesWithoutEventsThatAreTooMany) {
  what.events.assign(2000, {some_call, now(), model::call_moment::agent_said, std::string(400, 'x')});
  EXPECT_THAT(fields(open_), testing::Not(testing::Contains("events")));
  EXPECT_THAT(fields(open_), testing::Contains("json"));
}

TEST(RecordPlace, IsInTheOrderOfTheStream) {
  using record_entry::parse_place;
  EXPECT_LT(*parse_place("9-0"), *parse_place("10-0"));
  EXPECT_LT(*parse_place("10-2"), *parse_place("10-10"));
  for (const auto* const none : {"", "-", "1", "1-", "-1", "a-1", "1-1 ", "99999999999999999999-0"})
    EXPECT_FALSE(parse_place(none)) << none;
}

TEST(RecordRoom, IsLeftToCallsWhereRedisIsNearlyFull) {
  struct row {
    const char* info;
    bool room;
  };
  const row rows[] = {{"# Memory\r\nused_memory:79\r\nused_memory_human:79B\r\nmaxmemory:100\r\n", true},
                      {"# Memory\r\nused_memory:80\r\nmaxmemory:100\r\n", false},
                      {"# Memory\r\nused_memory:900\r\nmaxmemory:0\r\n", true},
                      {"# Memory\r\nused_memory:900\r\n", true}};
  for (const auto& [info, room] : rows) EXPECT_EQ(has_room_for_records(info), room) << info;
}

}  // namespace
}  // namespace tonris::actors
