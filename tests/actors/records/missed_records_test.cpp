// Records of ended calls that the stream does not have any more, or never had: nodes ask those who have them, by a real
// Redis, and nothing that was deleted comes back.
#include <gmock/gmock.h>

#include "tests/actors/records/sharing_by_redis.hpp"

namespace tonris::actors::test {
namespace {

class MissedRecords : public SharingByRedis {
 protected:
  void ends_many(node& at, int many, int from = 100) {
    for (int n = from; n < from + many; ++n) ends(at, ended_call("CA" + std::to_string(n)));
  }
  bool has_told_all(node& at) {
    return comes_to([&] { return counted(at, "tonris_records_waiting") == 0; }) && listed_all(at) > 0;
  }
  std::size_t listed_all(node& at) {
    find_calls all;
    all.query.limit = model::call_query::most_limit;
    return ask<found_calls>(at, all).records.size();
  }
  bool comes_to_have(node& at, std::size_t calls) {
    return comes_to([&] { return listed_all(at) == calls; }, 60s);
  }
  /// As after two days.
  void trim() {
    const auto last = redis.say({"XREVRANGE", "{tonris}:records", "+", "-", "COUNT", "1"});
    redis.say({"SET", "{tonris}:records:cut", last.substr(0, last.find(' '))});
    redis.say({"XTRIM", "{tonris}:records", "MAXLEN", "0"});
  }
  static double resent(const node& at, const std::string& what) {
    return counted(at, R"(tonris_records_resent_total{what=")" + what + R"("})");
  }

  /// A record for node-9, of which 64 may wait.
  std::string again(const std::string& call, const std::string& owner, const std::string& rev) {
    return run(config::redis_scripts::record_again, {of_nine, "{tonris}:gone", of_nine + ":" + call, all_streams},
               {call, owner, rev, "64", "60000", "60000", "what", "record", "call", call, "rev", rev, "node", owner});
  }
  std::string waits() { return redis.say({"XRANGE", of_nine, "-", "+"}); }
  void asks_for_nine() {
    redis.say({"XADD", "{tonris}:records", "*", "what", "missed", "node", "node-9", "since", "0"});
  }

  const std::string of_nine = "{tonris}:again:node-9", all_streams = "{tonris}:again:nodes";
};

TEST_F(MissedRecords, AreNeverReplacedByAnOlderCopy) {
  EXPECT_EQ(again("CA1", "node-1", "2"), "ok");
  EXPECT_EQ(again("CA1", "node-1", "1"), "again") << "the mark is newer";
  redis.say({"DEL", of_nine + ":CA1"});
  EXPECT_EQ(again("CA1", "node-1", "1"), "again") << "what waits is";
  EXPECT_EQ(again("CA1", "node-1", "2"), "again");
  EXPECT_THAT(waits(), testing::HasSubstr("rev 2"));
  EXPECT_EQ(again("CA1", "node-1", "10"), "ok") << "a newer one";
  EXPECT_THAT(waits(), testing::HasSubstr("rev 10"));
  EXPECT_EQ(again("CA1", "node-2", "1"), "ok") << "another call of that SID";
  EXPECT_EQ(redis.say({"XLEN", of_nine}), "1");
  redis.say({"DEL", of_nine, of_nine + ":CA1"});
  EXPECT_EQ(again("CA1", "node-2", "1"), "ok") << "it is remembered and not there";
}

TEST_F(MissedRecords, GoOnceTheyAreTakenAndNoNewerOnesWithThem) {
  EXPECT_EQ(again("CA1", "node-1", "1"), "ok");
  EXPECT_EQ(again("CA2", "node-1", "1"), "ok");
  const auto id = [&](const std::string& call) {
    const auto waiting = redis.say({"HGET", of_nine + ":calls", call});
    return waiting.substr(waiting.rfind(' ') + 1);
  };
  const auto first = id("CA1"), other = id("CA2");
  EXPECT_EQ(again("CA1", "node-1", "2"), "ok") << "while the first is read";
  EXPECT_EQ(run(config::redis_scripts::record_taken, {of_nine, of_nine + ":calls"}, {first, "CA1", other, "CA2"}), "1");
  EXPECT_EQ(redis.say({"HKEYS", of_nine + ":calls"}), "CA1");
  EXPECT_EQ(again("CA1", "node-1", "3"), "ok");
  EXPECT_EQ(redis.say({"XLEN", of_nine}), "1") << "and it took the place of the second";
}

TEST_F(MissedRecords, AreSentByNobodyWhoHasAnOlderCopy) {
  auto& one = sharing("node-1", redis.url());
  ends_many(one, 3);
  ASSERT_TRUE(has_told_all(one));
  EXPECT_EQ(again("CA100", "node-1", "2"), "ok");
  redis.say({"DEL", of_nine + ":CA100"});
  EXPECT_EQ(again("CA101", "node-1", "2"), "ok");
  asks_for_nine();
  EXPECT_TRUE(comes_to([&] { return resent(one, "sent") == 1 && resent(one, "known") == 2; }));
  EXPECT_EQ(redis.say({"XLEN", of_nine}), "3");
}

TEST_F(MissedRecords, WaitWhileRedisIsNearlyFull) {
  auto& one = sharing("node-1", redis.url());
  ends_many(one, 3);
  ASSERT_TRUE(has_told_all(one));
  redis.say({"SETRANGE", "ballast", "30000000", "x"});  // beside which what connections use is nothing
  const auto info = redis.say({"INFO", "memory"});
  const auto used = std::stoll(info.substr(info.find("used_memory:") + std::string{"used_memory:"}.size()));
  redis.say({"CONFIG", "SET", "maxmemory", std::to_string(used * 8 / 7)});
  asks_for_nine();
  EXPECT_TRUE(comes_to([&] { return resent(one, "failed") > 0; }));
  EXPECT_EQ(redis.say({"XLEN", of_nine}), "0");
  redis.say({"CONFIG", "SET", "maxmemory", "0"});
  EXPECT_TRUE(comes_to([&] { return redis.say({"XLEN", of_nine}) == "3"; }));
}

TEST_F(MissedRecords, AreAskedForOnceHoweverLongTheyCannotBeTaken) {
  auto& one = sharing("node-1", redis.url());
  ends_many(one, 3);
  ASSERT_TRUE(has_told_all(one));
  (void)ask<stored_calls_forgotten>(one, forget_stored_calls{{{"CA100"}}});
  ASSERT_TRUE(has_told_all(one));
  trim();
  auto& two = alone();
  two.refuses = true;
  becomes_sharing(two, "node-2", redis.url());
  const auto questions = [&] { return redis.say({"XLEN", "{tonris}:records"}); };
  ASSERT_TRUE(comes_to([&] { return questions() == "1"; }));
  std::this_thread::sleep_for(2 * record_reader::pause + 300ms);
  EXPECT_EQ(questions(), "1") << "it has tried again meanwhile";
  {
    const std::scoped_lock held{two.lock};
    two.refuses = false;
  }
  EXPECT_TRUE(comes_to_have(two, 2));
  EXPECT_EQ(questions(), "1");
}

TEST_F(MissedRecords, BringWhatWasLearnedOfThemToWhoseCallsTheyAre) {
  auto& one = sharing("node-1", redis.url());
  auto& two = sharing("node-2", redis.url());
  ends_many(one, 2);
  ASSERT_TRUE(comes_to_have(two, 2));
  stop_sharing(one);
  two.store.journal->fact({{"CA100"}, model::call_record::note{now(), "call her back"}});
  ASSERT_TRUE(comes_to_know(two, "CA100", "call her back"));
  ASSERT_TRUE(has_told_all(two));
  trim();
  start_sharing(one);
  EXPECT_TRUE(comes_to_know(one, "CA100", "call her back"));
  EXPECT_TRUE(comes_to([&] { return said(one, &node::learned) == std::vector<std::string>{"CA100"}; }));
}

TEST_F(MissedRecords, LeaveNoListOfNodesThatWillNotRead) {
  auto& one = sharing("node-1", redis.url());
  redis.say({"SADD", all_streams, "{tonris}:again:node-8"});
  EXPECT_EQ(again("CA7", "node-1", "1"), "ok");
  (void)ask<stored_calls_forgotten>(one, forget_stored_calls{{{"CA100"}}});
  EXPECT_TRUE(comes_to([&] {
    return redis.say({"SMEMBERS", all_streams}) == of_nine;
  })) << redis.say({"SMEMBERS", all_streams});
}

TEST_F(MissedRecords, AllComeToANewNodeThoughTheStreamHasNoneAndTheForgottenDoNot) {
  auto& one = sharing("node-1", redis.url());
  ends_many(one, 150);
  ASSERT_TRUE(has_told_all(one));
  (void)ask<stored_calls_forgotten>(one, forget_stored_calls{{{"CA107"}, {"CA249"}}});
  ASSERT_TRUE(has_told_all(one));
  trim();
  auto& two = sharing("node-2", redis.url());
  EXPECT_TRUE(comes_to_have(two, 148)) << listed_all(two);
  EXPECT_EQ(record(two, "CA100"), record(one, "CA100"));
  EXPECT_EQ(ask<found_events>(two, find_events{{"CA100"}}).events.size(), 1u);
  EXPECT_EQ(record(two, "CA107"), "");
  EXPECT_EQ(counted(two, "tonris_records_missed_total"), 0) << "it is new";
  EXPECT_EQ(resent(one, "sent"), 148);
  EXPECT_TRUE(comes_to([&] { return redis.say({"XLEN", "{tonris}:again:node-2"}) == "0"; })) << "it stays for no other";
}

TEST_F(MissedRecords, AreSaidToBeHereOnceTheyAre) {
  auto& one = sharing("node-1", redis.url());
  ends_many(one, 150);
  ASSERT_TRUE(has_told_all(one));
  trim();
  auto& two = sharing("node-2", redis.url());
  ASSERT_TRUE(comes_to([&] { return two.has_all.load(); }, 60s));
  EXPECT_EQ(listed_all(two), 150u) << "and not before";
  const auto lacked = two.lacked.load();
  redis.say({"CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"});
  ASSERT_TRUE(comes_to([&] { return two.lacked.load() > lacked; })) << "what was sent while it was away is unread";
  EXPECT_TRUE(comes_to([&] { return two.has_all.load(); }));
}

TEST_F(MissedRecords, AreSentOnceByAllWhoHaveThem) {
  auto& one = sharing("node-1", redis.url());
  ends_many(one, 60);
  ASSERT_TRUE(has_told_all(one));
  auto& two = sharing("node-2", redis.url());
  ASSERT_TRUE(comes_to_have(two, 60));
  ASSERT_TRUE(comes_to([&] { return resent(one, "sent") == 60; })) << "to the second";
  trim();
  auto& three = sharing("node-3", redis.url());
  EXPECT_TRUE(comes_to_have(three, 60));
  EXPECT_TRUE(comes_to([&] { return resent(one, "known") + resent(two, "known") == 60; }));
  EXPECT_EQ(resent(one, "sent") + resent(two, "sent"), 120);
}

TEST_F(MissedRecords, WaitForANodeThatIsAwayButAFewAndHoldUpNothingNew) {
  auto& one = sharing("node-1", redis.url());
  auto& two = sharing("node-2", redis.url());
  ends_many(one, 150);
  ASSERT_TRUE(comes_to_have(two, 150));
  redis.say({"XADD", "{tonris}:records", "*", "what", "missed", "node", "node-9", "since", "0"});
  const auto waiting = [&] { return redis.say({"XLEN", "{tonris}:again:node-9"}); };
  EXPECT_TRUE(comes_to([&] { return waiting() == "64"; })) << waiting();
  EXPECT_TRUE(comes_to([&] { return resent(one, "failed") > 2; }));
  EXPECT_EQ(waiting(), "64");
  const auto waits = [&] { return redis.say({"XRANGE", "{tonris}:again:node-9", "-", "+"}); };
  ASSERT_NE(waits().find("velociraptor CA249"), std::string::npos) << "the newest";
  (void)ask<stored_calls_forgotten>(two, forget_stored_calls{{{"CA249"}}});
  EXPECT_TRUE(comes_to([&] { return waits().find("CA249") == std::string::npos; })) << "and there it is forgotten too";
  ends(one, ended_call("CA1"));
  EXPECT_TRUE(comes_to_know(two, "CA1"));
  auto& three = sharing("node-3", redis.url());
  EXPECT_TRUE(comes_to_have(three, 150)) << "another node's turn comes";
}

TEST_F(MissedRecords, OfBeforeANodeSharedAnyComeToAllWhoDid) {
  auto& one = sharing("node-1", redis.url());
  ends_many(one, 3);
  auto& two = alone();
  ends_many(two, 40, 500);
  EXPECT_EQ(listed_all(two), 40u);
  becomes_sharing(two, "node-2", redis.url());
  EXPECT_TRUE(comes_to_have(one, 43)) << listed_all(one);
  EXPECT_TRUE(comes_to_have(two, 43)) << listed_all(two);
}

TEST_F(MissedRecords, OfWhileANodeSharedNoneComeOnceItDoesAgainAndWhatItForgotGoes) {
  auto& one = sharing("node-1", redis.url());
  auto& two = sharing("node-2", redis.url());
  ends_many(two, 3);
  ASSERT_TRUE(comes_to_have(one, 3));
  becomes_alone(two);
  ends_many(two, 2, 500);
  (void)ask<stored_calls_forgotten>(two, forget_stored_calls{{{"CA100"}}});
  becomes_sharing(two, "node-2", redis.url());
  EXPECT_TRUE(comes_to_have(one, 4)) << listed_all(one);
  EXPECT_EQ(record(one, "CA100"), "");
  EXPECT_NE(record(one, "CA501"), "");
  EXPECT_EQ(listed_all(two), 4u);
}

TEST_F(MissedRecords, DoNotComeBackFromANodeThatWasAwayWhenTheyWereForgotten) {
  auto& one = sharing("node-1", redis.url());
  auto& away = sharing("node-2", redis.url());
  ends_many(one, 5);
  ASSERT_TRUE(comes_to_have(away, 5));
  stop_sharing(away);
  (void)ask<stored_calls_forgotten>(one, forget_stored_calls{{{"CA102"}}});
  ASSERT_TRUE(has_told_all(one));
  trim();
  redis.restart();  // and what Redis remembered of it
  redis.say({"SET", "{tonris}:gen", "generation-2"});
  auto& fresh = sharing("node-3", redis.url());
  start_sharing(away);
  EXPECT_TRUE(comes_to_have(away, 4)) << listed_all(away);
  EXPECT_TRUE(comes_to_have(fresh, 4)) << listed_all(fresh);
  EXPECT_EQ(record(fresh, "CA102"), "");
  ends(one, ended_call("CA1"));
  EXPECT_TRUE(comes_to_know(fresh, "CA1") && comes_to_know(away, "CA1"));
  EXPECT_EQ(record(fresh, "CA102"), "");
}

TEST_F(MissedRecords, SayHowFarANodeIsBehind) {
  auto& one = sharing("node-1", redis.url());
  auto& two = sharing("node-2", redis.url());
  ends(one, ended_call("CA1"));
  ASSERT_TRUE(comes_to_know(two, "CA1"));
  stop_sharing(one);
  one.seal = std::make_shared<const model::field_seal>(
      derive(model::parse_key_ring("k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=").value()));
  start_sharing(one);
  ends(one, ended_call("CA2"));
  EXPECT_TRUE(comes_to([&] { return counted(two, "tonris_records_unread_seconds") > 1; })) << "it lacks the key";
  stop_sharing(two);
  two.seal = one.seal;
  start_sharing(two);
  EXPECT_TRUE(comes_to_know(two, "CA2"));
  EXPECT_TRUE(comes_to([&] { return counted(two, "tonris_records_unread_seconds") == 0; }));
}

}  // namespace
}  // namespace tonris::actors::test
