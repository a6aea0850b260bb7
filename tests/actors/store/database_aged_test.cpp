// What goes because of its age, and is at Redis as well: it waits to be taken out there, and is counted for the trail.
#include <gmock/gmock.h>

#include <algorithm>

#include "tests/actors/store/shared_stores.hpp"

namespace tonris::actors {
namespace {

using namespace test;
using namespace std::chrono_literals;
using std::chrono::days;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class AgedInDatabase : public testing::Test, protected shared_stores {
 protected:
  static model::call_record call_of(const std::string& tenant, const std::string& sid, days age) {
    auto call = ended_call(sid, now() - age);
    call.tenant.value = tenant;
    return call;
  }
  static model::call_record call(const std::string& sid, days age) { return call_of("salon-1", sid, age); }
  static void prune(node& at, const std::vector<call_database::retention_rule>& rules = {}) {
    EXPECT_TRUE(at.db->keep_for(rules));
    while (at.db->prune(now()).value().has_more) continue;
  }
  static void send_all(node& at) {
    for (auto waiting = at.outbox(); !waiting.empty(); waiting = at.outbox()) {
      std::vector<std::int64_t> rows;
      for (const auto& one : waiting) rows.push_back(one.row);
      ASSERT_TRUE(at.db->sent(rows));
    }
  }
  /// Of all that waits, what has aged.
  static std::vector<std::string> aged(node& at, std::size_t most = 100) {
    std::vector<std::string> sids;
    const auto waiting = at.db->outbox(most, 1'000'000).value();
    for (const auto& each : waiting)
      if (each.what == kind::aged) sids.push_back(each.call.value);
    return sids;
  }
  const std::vector<call_database::retention_rule> words_for_a_day{{{"salon-1"}, days{30}, days{1}}};
};

TEST_F(AgedInDatabase, WaitsAtTheNodeWhoseCallItWas) {
  one.ends(call("CA1", days{31}));
  one.ends(call("CA2", days{29}));
  (void)pass(one, two);
  for (auto* const at : {&one, &two}) prune(*at);
  const auto waiting = one.outbox();
  ASSERT_EQ(waiting.size(), 1u);
  EXPECT_EQ(waiting[0].what, kind::aged);
  EXPECT_EQ(waiting[0].call.value, "CA1");
  EXPECT_EQ(waiting[0].json, "") << "nothing is left of it";
  EXPECT_TRUE(one.db->has_to_send());
  const auto depth = one.db->depth_of_outbox().value();
  EXPECT_EQ(depth.aged, 1);
  EXPECT_EQ(depth.waiting, 0);
  ASSERT_TRUE(one.db->sent({waiting[0].row}));
  EXPECT_THAT(one.outbox(), IsEmpty());
  EXPECT_FALSE(one.db->has_to_send());
  EXPECT_EQ(two.record("CA1"), "");
  EXPECT_THAT(two.outbox(), IsEmpty()) << "its clock may be ahead, and who has not read it would miss it";
}

TEST_F(AgedInDatabase, IsWithWhatIsLeftWhereItsWordsAloneWent) {
  one.ends(call("CA1", days{2}));
  (void)pass(one, two);
  for (auto* const at : {&one, &two}) prune(*at, words_for_a_day);
  const auto waiting = one.outbox();
  ASSERT_EQ(waiting.size(), 1u);
  EXPECT_EQ(waiting[0].what, kind::aged);
  EXPECT_THAT(waiting[0].json, Not(HasSubstr("velociraptor")));
  EXPECT_THAT(waiting[0].json, HasSubstr("+4512345678"));
  EXPECT_THAT(waiting[0].events, IsEmpty()) << "all it had was said";
  EXPECT_EQ(waiting[0].rev, 1);
  EXPECT_EQ(waiting[0].tenant, "salon-1");
  EXPECT_EQ(waiting[0].node, "");
  EXPECT_GT(waiting[0].changed_ms, 0);
  EXPECT_THAT(two.record("CA1"), Not(HasSubstr("velociraptor")));
  EXPECT_THAT(two.outbox(), IsEmpty());
}

TEST_F(AgedInDatabase, LeavesNoWordsInWhatIsStillToBeTold) {
  one.ends(call("CA1", days{2}));
  (void)pass(one, two);
  journal_batch told;
  told.facts.push_back({{"CA1"}, model::call_record::note{now(), "velociraptor again"}});
  two.write(told);
  prune(two, words_for_a_day);
  const auto waiting = two.outbox();
  ASSERT_EQ(waiting.size(), 1u);
  EXPECT_EQ(waiting[0].what, kind::learned);
  EXPECT_THAT(waiting[0].json, Not(HasSubstr("velociraptor")));
}

TEST_F(AgedInDatabase, IsNothingWhereNothingIsShared) {
  a_directory directory;
  auto alone = call_database::open(directory.data()).value();
  ASSERT_TRUE(alone.write(batch_of(call("CA1", days{31})), now()));
  while (alone.prune(now()).value().has_more) continue;
  EXPECT_EQ(alone.record_of({"CA1"}).value(), "");
  EXPECT_EQ(alone.depth_of_outbox()->aged, 0);
}

/// Records wait while Redis is nearly full, and would else be all that a batch has.
TEST_F(AgedInDatabase, HasHalfOfEachBatch) {
  for (int n = 10; n < 14; ++n) one.ends(call("CA" + std::to_string(n), days{45 - n}));
  send_all(one);
  prune(one);
  for (int n = 20; n < 24; ++n) one.ends(call("CA" + std::to_string(n), days{1}));
  const auto batch = one.db->outbox(4, 1'000'000).value();
  std::vector<std::string> sids;
  for (const auto& each : batch) sids.push_back(each.call.value);
  EXPECT_THAT(sids, ElementsAre("CA10", "CA11", "CA20", "CA21"));
}

TEST_F(AgedInDatabase, IsForgottenBeyondItsBoundTheOldestFirst) {
  one.ends(call("CA1", days{31}));
  send_all(one);
  const auto before_last = std::to_string(call_database::max_aged);
  ASSERT_TRUE(one.db->connection().exec("INSERT INTO shared_too_long VALUES (1, 'CAfirst'), (2, 'CAsecond'), (" +
                                        before_last + ", 'CAlast')"));
  prune(one);  // CA1 has the next number
  EXPECT_THAT(aged(one), ElementsAre("CAsecond", "CAlast", "CA1"));
}

/// It was read to be sent to a node that has missed it, and may come to Redis behind what takes it out there.
TEST_F(AgedInDatabase, WaitsOnceMoreWhereItWasBeingSentAgain) {
  one.ends(call("CA1", days{31}));
  one.ends(call("CA2", days{1}));
  send_all(one);
  const call_database::asked question{"node-9", {}, false};
  ASSERT_TRUE(one.db->take({}, {question}, {"generation", "7-0"}, now()));
  auto part = one.db->again(10, 1'000'000, now()).value();
  ASSERT_EQ(part.calls.size(), 2u);
  prune(one);
  EXPECT_THAT(aged(one), ElementsAre("CA1"));
  send_all(one);
  ASSERT_TRUE(one.db->sent_again(part, now()));
  EXPECT_TRUE(one.db->has_to_send());
  EXPECT_THAT(aged(one), ElementsAre("CA1"));
  send_all(one);
  ASSERT_TRUE(one.db->sent_again(part, now()));
  EXPECT_THAT(aged(one), IsEmpty()) << "once";
}

// --- for the audit trail

TEST_F(AgedInDatabase, IsCountedWhereItsCallsWereAndToldOnceADay) {
  one.ends(call("CA1", days{31}));
  one.ends(call("CA2", days{31}));
  one.ends(call("CA3", days{2}));
  (void)pass(one, two);
  EXPECT_TRUE(one.db->aged_out_until(now())->empty()) << "nothing went yet";
  for (auto* const at : {&one, &two}) prune(*at, words_for_a_day);
  EXPECT_TRUE(two.db->aged_out_until(now())->empty()) << "these were the other node's";
  const auto told = one.db->aged_out_until(now()).value();
  ASSERT_EQ(told.tenants.size(), 1u);
  EXPECT_EQ(told.tenants[0], (call_database::aged_out::part{{"salon-1"}, 2, 1}));
  EXPECT_EQ(told.other_tenants, 0);
  EXPECT_EQ(told.others, call_database::aged_out::part{});
  one.ends(call("CA4", days{31}));
  prune(one, words_for_a_day);
  EXPECT_EQ(one.db->aged_out_until(now())->tenants, told.tenants) << "until it is told";
  EXPECT_EQ(one.db->aged_out_until(now())->telling, told.telling);
  EXPECT_EQ(told.telling.find("node-1/"), 0u);
  ASSERT_TRUE(one.db->aged_out_told(model::tenant_id{"salon-1"}));
  EXPECT_TRUE(one.db->aged_out_until(now() + 23h)->empty());
  const auto next = one.db->aged_out_until(now() + 25h).value();
  ASSERT_EQ(next.tenants.size(), 1u);
  EXPECT_EQ(next.tenants[0].records, 1) << "what went meanwhile";
  EXPECT_NE(next.telling, told.telling);
}

TEST_F(AgedInDatabase, IsToldOneByOneOfSoManyTenantsAndOfTheOthersTogether) {
  const auto most = static_cast<int>(call_database::most_told_aged);
  for (int n = 0; n < most + 3; ++n) {
    const auto tenant = "salon-" + std::to_string(100 + n);
    one.ends(call_of(tenant, "CA" + std::to_string(100 + n), days{31}));
    if (n >= 3) one.ends(call_of(tenant, "CA" + std::to_string(200 + n), days{31}));
  }
  prune(one);
  const auto told = one.db->aged_out_until(now()).value();
  ASSERT_EQ(told.tenants.size(), call_database::most_told_aged);
  EXPECT_EQ(told.tenants[0], (call_database::aged_out::part{{"salon-103"}, 2, 0})) << "most first";
  EXPECT_EQ(told.others, (call_database::aged_out::part{{}, 3, 0}));
  EXPECT_EQ(told.other_tenants, 3);
  ASSERT_TRUE(one.db->aged_out_told(std::nullopt));
  const auto left = one.db->aged_out_until(now()).value();
  EXPECT_EQ(left.tenants, told.tenants);
  EXPECT_EQ(left.other_tenants, 0);
}

}  // namespace
}  // namespace tonris::actors
