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
    call_database::allowance all{10'000, 10'000, true};
    while (opened->prune(noon, all).value()) continue;
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
