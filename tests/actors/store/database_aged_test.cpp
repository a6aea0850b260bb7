// What goes because of its age, and is at Redis as well: it waits to be taken out there.
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

TEST_F(AgedInDatabase, WaitsAtEachNodeThatHadIt) {
  one.ends(call("CA1", days{31}));
  one.ends(call("CA2", days{29}));
  (void)pass(one, two);
  for (auto* const at : {&one, &two}) {
    prune(*at);
    const auto waiting = at->outbox();
    ASSERT_EQ(waiting.size(), 1u);
    EXPECT_EQ(waiting[0].what, kind::aged);
    EXPECT_EQ(waiting[0].call.value, "CA1");
    EXPECT_EQ(waiting[0].json, "") << "nothing is left of it";
    EXPECT_TRUE(at->db->has_to_send());
    const auto depth = at->db->depth_of_outbox().value();
    EXPECT_EQ(depth.aged, 1);
    EXPECT_EQ(depth.waiting, 0);
    ASSERT_TRUE(at->db->sent({waiting[0].row}));
    EXPECT_THAT(at->outbox(), IsEmpty());
    EXPECT_FALSE(at->db->has_to_send());
  }
}

TEST_F(AgedInDatabase, IsWithWhatIsLeftWhereItsWordsAloneWent) {
  one.ends(call("CA1", days{2}));
  (void)pass(one, two);
  for (auto* const at : {&one, &two}) {
    prune(*at, words_for_a_day);
    const auto waiting = at->outbox();
    ASSERT_EQ(waiting.size(), 1u);
    EXPECT_EQ(waiting[0].what, kind::aged);
    EXPECT_THAT(waiting[0].json, Not(HasSubstr("velociraptor")));
    EXPECT_THAT(waiting[0].json, HasSubstr("+4512345678"));
    EXPECT_THAT(waiting[0].events, IsEmpty()) << "all it had was said";
    EXPECT_EQ(waiting[0].rev, 1);
    EXPECT_EQ(waiting[0].tenant, "salon-1");
    EXPECT_EQ(waiting[0].node, at == &one ? "" : "node-1");
    EXPECT_GT(waiting[0].changed_ms, 0);
  }
}

TEST_F(AgedInDatabase, LeavesNoWordsInWhatIsStillToBeTold) {
  one.ends(call("CA1", days{2}));
  (void)pass(one, two);
  journal_batch told;
  told.facts.push_back({{"CA1"}, model::call_record::note{now(), "velociraptor again"}});
  two.write(told);
  prune(two, words_for_a_day);
  const auto waiting = two.outbox();
  ASSERT_EQ(waiting.size(), 2u);
  EXPECT_EQ(waiting[1].what, kind::learned);
  for (const auto& each : waiting) EXPECT_THAT(each.json, Not(HasSubstr("velociraptor")));
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

}  // namespace
}  // namespace tonris::actors
