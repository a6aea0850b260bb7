// What a node that has missed records is sent again, in the stores.
#include <gmock/gmock.h>

#include "tests/actors/store/shared_stores.hpp"

namespace tonris::actors {
namespace {

using namespace test;
using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

class MissedInDatabase : public testing::Test, protected shared_stores {
 protected:
  static void ask(node& at, const std::string& by, call_database::time since = {}, bool own = false) {
    const call_database::asked question{by, since, own};
    EXPECT_TRUE(at.db->take({}, {question}, {"generation", "7-0"}, now()));
  }
  static void ends_at(node& at, const std::string& sid, call_database::time when) {
    EXPECT_TRUE(at.db->write(batch_of(ended_call(sid, when)), when));
  }
  static void learn(node& at, const std::string& sid, call_database::time when) {
    journal_batch batch;
    batch.facts.push_back({{sid}, model::call_record::note{when, "call her back"}});
    EXPECT_TRUE(at.db->write(batch, when));
  }
  static call_database::again_part part(node& at, std::size_t most = 2, std::size_t bytes = 1'000'000) {
    return at.db->again(most, bytes, now()).value();
  }
  static std::vector<std::string> sids(const call_database::again_part& of) {
    std::vector<std::string> all;
    for (const auto& one : of.calls) all.push_back(one.call.value);
    return all;
  }
};

TEST_F(MissedInDatabase, IsNothingWhereNobodyHasAsked) {
  one.ends(ended_call("CA1"));
  EXPECT_EQ(part(one).node, "");
}

TEST_F(MissedInDatabase, ComesInPartsTheNewestFirstWithEventsAndWhosItIs) {
  for (int n = 1; n <= 3; ++n) one.ends(ended_call("CA" + std::to_string(n), now() + std::chrono::seconds{n}));
  two.ends(ended_call("CA4", now()));
  (void)pass(two, one);
  ask(one, "node-3");
  const auto first = part(one);
  EXPECT_EQ(first.node, "node-3");
  EXPECT_THAT(sids(first), ElementsAre("CA3", "CA2"));
  EXPECT_EQ(first.calls[0].events.size(), 1u);
  EXPECT_EQ(first.calls[0].json, one.record("CA3"));
  EXPECT_FALSE(first.is_last);
  EXPECT_THAT(sids(part(one)), ElementsAre("CA3", "CA2")) << "until it is told that it was sent";
  ASSERT_TRUE(one.db->sent_again(first, now()));
  const auto second = part(one, 5);
  EXPECT_THAT(sids(second), ElementsAre("CA1", "CA4"));
  EXPECT_EQ(second.calls[1].node, "node-2");
  EXPECT_EQ(second.calls[0].node, "");
  EXPECT_TRUE(second.is_last);
  ASSERT_TRUE(one.db->sent_again(second, now()));
  EXPECT_EQ(part(one).node, "");
}

TEST_F(MissedInDatabase, HasNoMoreBytesThanAskedForAndOneCall) {
  for (int n = 1; n <= 3; ++n) one.ends(ended_call("CA" + std::to_string(n), now() + std::chrono::seconds{n}));
  ask(one, "node-3");
  const auto first = part(one, 3, 1);
  EXPECT_THAT(sids(first), ElementsAre("CA3"));
  EXPECT_FALSE(first.is_last);
}

TEST_F(MissedInDatabase, BeginsAsEarlyAsWasAskedAndHasWhatIsAskedFor) {
  ends_at(one, "CA1", now() - 100h);
  ends_at(one, "CA2", now() - 10h);
  two.ends(ended_call("CA3", now()));
  (void)pass(two, one);
  ask(one, "node-3", now() - 50h);
  EXPECT_THAT(sids(part(one, 9)), ElementsAre("CA3", "CA2"));
  ask(one, "node-4", now() - 50h, true);
  ASSERT_TRUE(one.db->postpone_again("node-3", now()));
  EXPECT_THAT(sids(part(one, 9)), ElementsAre("CA2")) << "its own alone";
}

TEST_F(MissedInDatabase, HasOldCallsThatHaveChangedSince) {
  ends_at(one, "CA1", now() - 100h);
  ends_at(one, "CA2", now() - 100h);
  ends_at(one, "CA3", now() - 1h);
  learn(one, "CA1", now());
  for (const bool own : {false, true}) {
    ask(one, "node-3", now() - 24h, own);
    const auto found = part(one, 9);
    EXPECT_THAT(sids(found), ElementsAre("CA1", "CA3"));
    EXPECT_EQ(found.calls[0].rev, 2);
    ASSERT_TRUE(one.db->sent_again(found, now()));
  }
  ASSERT_TRUE(one.db->connection().exec("UPDATE records SET changed_ms = 0"));
  ask(one, "node-3", now() - 24h);
  EXPECT_THAT(sids(part(one, 9)), ElementsAre("CA3")) << "what another version wrote is as old as its call";
}

TEST_F(MissedInDatabase, KnowsOfACopyWhenItWasChangedAndNotWhenItCame) {
  ends_at(one, "CA1", now() - 100h);
  ask(one, "node-3");
  const auto found = part(one, 9);
  ASSERT_EQ(found.calls.size(), 1u);
  auto copy = as_read(found.calls[0], one);
  copy.changed_ms = found.calls[0].changed_ms;
  give(two, {copy});
  ask(two, "node-4", now() - 24h);
  EXPECT_THAT(sids(part(two, 9)), IsEmpty()) << "it was sent again";
  ends_at(one, "CA2", now() - 100h);
  (void)pass(one, two);
  EXPECT_THAT(sids(part(two, 9)), ElementsAre("CA2")) << "it is news";
}

TEST_F(MissedInDatabase, ComesInPartsAlsoWhereManyChangedAtOnce) {
  for (int n = 1; n <= 5; ++n) one.ends(ended_call("CA" + std::to_string(n), now() - 1h));
  ask(one, "node-3");
  std::vector<std::string> all;
  for (auto next = part(one); !next.node.empty(); next = part(one)) {
    const auto some = sids(next);
    all.insert(all.end(), some.begin(), some.end());
    ASSERT_TRUE(one.db->sent_again(next, now()));
  }
  EXPECT_THAT(all, ElementsAre("CA5", "CA4", "CA3", "CA2", "CA1"));
}

TEST_F(MissedInDatabase, BeginsAnewForWhoAsksOnceMore) {
  for (int n = 1; n <= 3; ++n) one.ends(ended_call("CA" + std::to_string(n), now() + std::chrono::seconds{n}));
  ask(one, "node-3", now() + 2s, true);
  const auto first = part(one, 1);
  ask(one, "node-3", {});
  ASSERT_TRUE(one.db->sent_again(first, now()));
  EXPECT_THAT(sids(part(one, 9)), ElementsAre("CA3", "CA2", "CA1")) << "the earlier question is in it";
  ask(one, "node-3", now() + 2s, true);
  EXPECT_EQ(part(one, 9).calls.size(), 3u) << "and so is this one";
}

TEST_F(MissedInDatabase, ComesToEachInTurnAndNotForEver) {
  one.ends(ended_call("CA1"));
  one.ends(ended_call("CA2"));
  ask(one, "node-3");
  ask(one, "node-4");
  const auto first = part(one, 1);
  ASSERT_TRUE(one.db->sent_again(first, now()));
  const auto second = part(one, 1);
  EXPECT_NE(second.node, first.node);
  ASSERT_TRUE(one.db->postpone_again(second.node, now() + 1min));
  const auto third = part(one, 9);
  EXPECT_EQ(third.node, first.node);
  EXPECT_TRUE(third.is_last);
  ASSERT_TRUE(one.db->sent_again(third, now()));
  EXPECT_EQ(part(one, 1).node, "") << "the other's turn has not come";
  EXPECT_EQ(one.db->again(1, 1, now() + 1min).value().node, second.node);
  EXPECT_EQ(one.db->again(1, 1, now() - 5min).value().node, second.node) << "the clock was put back";
  EXPECT_EQ(one.db->again(1, 1, now() + call_database::asked_for + 1h).value().node, "");
}

TEST_F(MissedInDatabase, IsForSoManyNodesAtMost) {
  for (std::size_t n = 0; n < call_database::most_asking + 5; ++n) ask(one, "node-" + std::to_string(n));
  EXPECT_EQ(one.number("SELECT count(*) FROM asked"), static_cast<std::int64_t>(call_database::most_asking));
}

TEST_F(MissedInDatabase, IsNotedAsUntoldWhileNothingIsShared) {
  EXPECT_FALSE(one.db->untold_since().value());
  const auto path = one.directory.data();
  one.db = tl::unexpected(unusable_database{});
  {
    auto alone = call_database::open(path);
    ASSERT_TRUE(alone) << alone.error().line;
    ASSERT_TRUE(alone->write(batch_of(ended_call("CA1")), now()));
    ASSERT_TRUE(alone->write(batch_of(ended_call("CA2", now() - 200h)), now()));
    EXPECT_EQ(alone->connection().read_number("SELECT count(*) FROM outbox"), 0);
    ASSERT_TRUE(alone->forget({{"CA1"}}, now()));
    EXPECT_EQ(alone->connection().read_number("SELECT count(*) FROM outbox WHERE gone = 1"), 1)
        << "others may have it, since this node shared before";
  }
  one.db = call_database::open(path);
  ASSERT_TRUE(one.db);
  ASSERT_TRUE(one.db->share_as("node-1"));
  const auto since = one.db->untold_since().value();
  ASSERT_TRUE(since);
  ask(one, "node-3", *since, true);
  EXPECT_THAT(sids(part(one, 9)), ElementsAre("CA2")) << "however old the call";
  ASSERT_TRUE(one.db->all_told());
  EXPECT_FALSE(one.db->untold_since().value());
}

TEST_F(MissedInDatabase, SendsAllDeletionsAgainOnceTheyAreLost) {
  one.ends(ended_call("CA1"));
  ASSERT_TRUE(one.db->forget({{"CA1"}, {"CAold"}}, now()));
  (void)pass(one, two);
  give(one, {});
  give(one, {});
  EXPECT_THAT(one.outbox(), IsEmpty());
  ASSERT_TRUE(one.db->take({}, {}, {"another", "0-0"}, now()));
  EXPECT_EQ(one.outbox().size(), 2u);
  EXPECT_TRUE(one.db->has_to_send());
  EXPECT_EQ(pass(one, two).known, 2u);
}

}  // namespace
}  // namespace tonris::actors
