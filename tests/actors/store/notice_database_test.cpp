#include "actors/store/notice_database.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/actors/store/a_directory.hpp"

namespace tonris::actors::test {
namespace {

using namespace std::chrono_literals;
using state = notice_database::state;
using testing::ElementsAre;
using testing::IsEmpty;

class NoticeDatabase : public testing::Test {
 protected:
  NoticeDatabase() { (void)make_data_dir(directory.data()); }
  notice_database open(notice_database::bounds within = {}) {
    return notice_database::open(directory.data(), within).value();
  }
  notice_database::notice event(const std::string& id, const std::string& call = "CA1",
                                const std::string& tenant = "salon", const std::string& webhook = "crm") const {
    notice_database::notice one;
    one.id = id;
    one.to = {tenant, webhook};
    one.event = "call.started";
    one.call = call;
    one.body = R"({"type":"call.started"})";
    one.queued = start;
    return one;
  }
  static void put(notice_database& db, const std::vector<notice_database::notice>& what) { ASSERT_TRUE(db.add(what)); }
  static std::vector<std::string> ids(const std::vector<notice_database::notice>& of) {
    std::vector<std::string> all;
    for (const auto& one : of) all.push_back(one.id);
    return all;
  }
  std::string next(notice_database& db, notice_database::time now,
                   const model::webhook_endpoint& of = {"salon", "crm"}) const {
    const auto due = db.next_due(of, now).value();
    return due ? due->id : "";
  }

  const notice_database::time start{std::chrono::milliseconds{1'800'000'000'000}};
  const model::webhook_endpoint crm{"salon", "crm"};
  a_directory directory;
};

TEST_F(NoticeDatabase, KeepsAnEventOnceAndForTheNextLife) {
  {
    auto db = open();
    const auto first = db.add(std::vector{event("msg_1"), event("msg_1")}).value();
    EXPECT_EQ(first.fresh, 1);
  }
  auto db = open();
  EXPECT_EQ(db.add(std::vector{event("msg_1")}).value().fresh, 0);
  EXPECT_EQ(db.count().value().waiting, 1);
  const auto due = db.next_due(crm, start).value();
  ASSERT_TRUE(due);
  EXPECT_EQ(due->body, R"({"type":"call.started"})");
  EXPECT_EQ(due->event, "call.started");
  EXPECT_EQ(due->queued, start);
  EXPECT_THAT(db.schedule().value(), ElementsAre(std::pair{crm, start}));
}

TEST_F(NoticeDatabase, KeepsTheOrderOfACallAndLetsNoCallWaitForAnother) {
  auto db = open();
  put(db, {event("msg_1"), event("msg_2"), event("msg_3", "CA2"), event("msg_4", "CA1", "salon", "other")});
  const auto first = db.next_due(crm, start).value();
  ASSERT_EQ(first->id, "msg_1");
  ASSERT_TRUE(db.put_off(*first, {start, 503, "HTTP 503"}, start + 1h));
  EXPECT_EQ(next(db, start), "msg_3") << "another call's";
  EXPECT_EQ(next(db, start, {"salon", "other"}), "msg_4") << "another webhook's";
  ASSERT_TRUE(db.delivered(db.next_due(crm, start).value().value(), start));
  EXPECT_EQ(next(db, start + 59min), "") << "msg_2 waits for msg_1";
  EXPECT_EQ(db.next_time(crm).value(), start + 1h);
  const auto again = db.next_due(crm, start + 1h).value();
  ASSERT_EQ(again->id, "msg_1");
  EXPECT_EQ(again->attempts, 1U);
  EXPECT_EQ(again->first_attempt, start);
  EXPECT_EQ(again->last_status, 503U);
  ASSERT_TRUE(db.delivered(*again, start + 1h));
  EXPECT_EQ(next(db, start + 1h), "msg_2");
}

TEST_F(NoticeDatabase, HoldsNoCallUpWithADeadLetter) {
  auto db = open();
  put(db, {event("msg_1"), event("msg_2")});
  ASSERT_TRUE(db.give_up(*db.next_due(crm, start).value(), {start + 1s, 410, "HTTP 410"}));
  EXPECT_EQ(next(db, start + 1s), "msg_2");
  const auto dead = db.list("salon", state::dead, 0, 10).value();
  ASSERT_THAT(ids(dead), ElementsAre("msg_1"));
  EXPECT_EQ(dead[0].dead, start + 1s);
  EXPECT_EQ(dead[0].last_error, "HTTP 410");
  EXPECT_EQ(dead[0].attempts, 1U);
  EXPECT_EQ(db.count().value().dead, 1);
  EXPECT_EQ(db.count().value().waiting, 1);
}

TEST_F(NoticeDatabase, DeliversAgainWhatItsTenantAsksFor) {
  auto db = open();
  put(db, {event("msg_1")});
  ASSERT_TRUE(db.give_up(*db.next_due(crm, start).value(), {start, 0, "refused"}));
  EXPECT_FALSE(db.redeliver("another", "msg_1", start).value()) << "nobody else";
  EXPECT_FALSE(db.redeliver("salon", "msg_9", start).value());
  const auto again = db.redeliver("salon", "msg_1", start + 1min).value();
  ASSERT_TRUE(again);
  EXPECT_FALSE(again->dead);
  EXPECT_EQ(again->attempts, 0U) << "it has its whole time again";
  EXPECT_EQ(next(db, start + 1min), "msg_1");
}

TEST_F(NoticeDatabase, SendsAgainBehindWhatTheCallHasWaitingBefore) {
  auto db = open();
  put(db, {event("msg_1"), event("msg_2")});
  const auto first = db.next_due(crm, start).value().value();
  ASSERT_TRUE(db.put_off(first, {start, 503, "HTTP 503"}, start + 1h));
  EXPECT_FALSE(db.redeliver("salon", "msg_2", start).value()->due) << "the one before it is first";
  EXPECT_TRUE(db.redeliver("salon", "msg_1", start).value()->due);
  EXPECT_EQ(next(db, start), "msg_1");
}

TEST_F(NoticeDatabase, ListsTheNewestFirstInPages) {
  auto db = open();
  put(db, {event("msg_1", "CA1"), event("msg_2", "CA2"), event("msg_3", "CA3"), event("msg_4", "CA4", "another")});
  const auto page = db.list("salon", state::waiting, 0, 2).value();
  EXPECT_THAT(ids(page), ElementsAre("msg_3", "msg_2"));
  EXPECT_THAT(ids(db.list("salon", state::waiting, page.back().seq, 2).value()), ElementsAre("msg_1"));
  EXPECT_THAT(db.list("salon", state::dead, 0, 2).value(), IsEmpty());
}

TEST_F(NoticeDatabase, LetsTheOldestOfATenantGoBeyondItsShareDeadLettersFirst) {
  auto db = open({.of_a_tenant = 3, .all = 100});
  put(db, {event("msg_1"), event("msg_2"), event("msg_3", "CA3"), event("other", "CA1", "another")});
  ASSERT_TRUE(db.give_up(db.next_due(crm, start).value().value(), {start, 0, "refused"}));  // msg_1
  EXPECT_EQ(db.add(std::vector{event("msg_4", "CA4")}).value().dropped, 1);
  EXPECT_THAT(db.list("salon", state::dead, 0, 10).value(), IsEmpty());
  EXPECT_EQ(db.add(std::vector{event("msg_5", "CA3"), event("msg_6", "CA2")}).value().dropped, 2);
  EXPECT_THAT(ids(db.list("salon", state::waiting, 0, 10).value()), ElementsAre("msg_6", "msg_5", "msg_4"));
  const auto released = db.list("salon", state::waiting, 0, 10).value();
  EXPECT_TRUE(released[1].due) << "msg_5 waited for msg_3, which has gone";
  EXPECT_EQ(next(db, start, {"another", "crm"}), "other") << "another tenant's stay";
}

TEST_F(NoticeDatabase, TakesRoomFromWhomeverHasTheMost) {
  auto db = open({.of_a_tenant = 100, .all = 4});
  put(db, {event("msg_1"), event("msg_2"), event("msg_3"), event("a", "CA1", "another")});
  EXPECT_EQ(db.add(std::vector{event("b", "CA2", "another")}).value().dropped, 1);
  EXPECT_THAT(ids(db.list("salon", state::waiting, 0, 10).value()), ElementsAre("msg_3", "msg_2"));
  EXPECT_THAT(ids(db.list("another", state::waiting, 0, 10).value()), ElementsAre("b", "a"));
}

TEST_F(NoticeDatabase, KeepsDeadLettersForThirtyDays) {
  auto db = open();
  put(db, {event("msg_1"), event("msg_2", "CA2")});
  ASSERT_TRUE(db.give_up(db.next_due(crm, start).value().value(), {start, 0, "refused"}));
  ASSERT_TRUE(db.prune(start + notice_database::dead_kept_for));
  EXPECT_EQ(db.count().value().dead, 1);
  ASSERT_TRUE(db.prune(start + notice_database::dead_kept_for + 1s));
  EXPECT_EQ(db.count().value().dead, 0);
  EXPECT_EQ(db.count().value().waiting, 1) << "what waits is not pruned";
}

TEST_F(NoticeDatabase, ForgetsTheEventsOfACallAndCountsWhatIsLeft) {
  auto db = open();
  put(db, {event("msg_1", "CA1"), event("msg_2", "CA2"), event("msg_3", "CA1")});
  ASSERT_TRUE(db.forget(std::vector{model::call_sid{"CA1"}}));
  EXPECT_EQ(db.count().value().waiting, 1);
  EXPECT_EQ(next(db, start), "msg_2");
}

}  // namespace
}  // namespace tonris::actors::test
