// Records of ended calls on their way from node to node, by a real Redis, and what becomes of them when it fails.
#include <gmock/gmock.h>

#include <algorithm>

#include "tests/actors/records/sharing_by_redis.hpp"

namespace tonris::actors::test {
namespace {

using note = model::call_record::note;
using testing::Contains;
using testing::HasSubstr;

const std::string sent_ok = R"(tonris_records_sent_total{outcome="ok"})";

class SharedRecords : public SharingByRedis {
 protected:
  SharedRecords() : SharingByRedis({"--enable-debug-command", "local"}) {}
  /// Of calls: nodes also ask each other there.
  int entries() {
    int count = 0;
    const auto all = stream();
    for (const std::string_view kind : {"what record ", "what gone "})
      for (auto at = all.find(kind); at != std::string::npos; at = all.find(kind, at + 1)) ++count;
    return count;
  }
};

TEST_F(SharedRecords, AreAtEveryNodeWithTheirEvents) {
  auto& one = sharing("node-1", redis.url());
  auto& two = sharing("node-2", redis.url());
  ends(one, ended_call("CA1"));
  ends(two, ended_call("CA2"));
  EXPECT_TRUE(comes_to_know(two, "CA1"));
  EXPECT_TRUE(comes_to_know(one, "CA2"));
  EXPECT_EQ(record(one, "CA1"), record(two, "CA1"));
  EXPECT_EQ(listed(one), 2u);
  EXPECT_EQ(listed(two), 2u);
  EXPECT_EQ(ask<found_calls>(one, find_calls{{}, true}).records.size(), 1u);
  EXPECT_EQ(ask<found_events>(two, find_events{{"CA1"}}).events.size(), 1u);
  EXPECT_TRUE(comes_to([&] { return counted(one, "tonris_records_waiting") == 0; }));
  EXPECT_EQ(counted(two, R"(tonris_records_taken_total{what="record"})"), 1);
}

TEST_F(SharedRecords, HaveTheNewestWordAloneInTheStream) {
  auto& one = sharing("node-1", redis.url());
  auto& two = sharing("node-2", redis.url());
  ends(one, ended_call("CA1"));
  ASSERT_TRUE(comes_to_know(two, "CA1"));
  one.store.journal->fact({{"CA1"}, note{now(), "paid"}});
  EXPECT_TRUE(comes_to_know(two, "CA1", "paid"));
  EXPECT_EQ(entries(), 1);
}

TEST_F(SharedRecords, BringWhatIsToldToAnotherNodeToWhoseCallItWas) {
  auto& one = sharing("node-1", redis.url());
  auto& two = sharing("node-2", redis.url());
  ends(one, ended_call("CA1"));
  ASSERT_TRUE(comes_to_know(two, "CA1"));
  two.store.journal->fact({{"CA1"}, note{now(), "call her back"}});
  EXPECT_TRUE(comes_to_know(one, "CA1", "call her back"));
  EXPECT_THAT(said(one, &node::learned), Contains("CA1")) << "whoever remembers the call was told first";
  EXPECT_TRUE(comes_to([&] { return record(one, "CA1") == record(two, "CA1"); }));
}

TEST_F(SharedRecords, HaveWhatWasToldElsewhereWhileTheCallWentOn) {
  auto& one = sharing("node-1", redis.url());
  auto& two = sharing("node-2", redis.url());
  two.store.journal->fact({{"CA1"}, model::call_record::leg{{"CA9"}, "completed", 54, now()}});
  two.store.journal->fact(
      {{"CA1"}, model::call_record::recording{"RE1", "completed", "https://r.example/RE1", 9, "callback", now()}});
  ASSERT_TRUE(comes_to([&] { return counted(two, "tonris_records_held") == 1; }));
  ends(one, ended_call("CA1"));
  for (const auto* const told : {"CA9", "RE1"}) EXPECT_TRUE(comes_to_know(one, "CA1", told));
  EXPECT_TRUE(comes_to([&] { return record(one, "CA1") == record(two, "CA1"); }));
  EXPECT_EQ(counted(two, "tonris_records_held"), 0);
  EXPECT_EQ(counted(two, "tonris_store_dropped_total"), 0);
}

TEST_F(SharedRecords, TellWhoWasToldOfAMessageFirstThatTheyHaveItNow) {
  auto& one = sharing("node-1", redis.url());
  auto& two = sharing("node-2", redis.url());
  const auto message = [](const std::string& sid) {
    return model::call_record::voicemail_message{sid, "https://r.example/" + sid, 7, now()};
  };
  two.store.journal->fact({{"CA1"}, message("RE1")});
  ASSERT_TRUE(comes_to([&] { return counted(two, "tonris_records_held") == 1; }));
  ends(one, ended_call("CA1"));
  EXPECT_TRUE(comes_to([&] { return said(two, &node::told_first) == std::vector<std::string>{"CA1 RE1"}; }));
  two.store.journal->fact({{"CA1"}, message("RE2")});  // of which its supervisor knows already
  EXPECT_TRUE(comes_to_know(one, "CA1", "RE2"));
  EXPECT_EQ(said(two, &node::told_first).size(), 1u);
  EXPECT_TRUE(said(one, &node::told_first).empty()) << "it learns it, and tells nobody";
}

TEST_F(SharedRecords, AreGoneEverywhereOnceOneNodeDeletesThem) {
  auto& one = sharing("node-1", redis.url());
  auto& two = sharing("node-2", redis.url());
  ends(one, ended_call("CA1"));
  ASSERT_TRUE(comes_to_know(two, "CA1"));
  ASSERT_THAT(stream(), HasSubstr("velociraptor"));
  (void)ask<stored_calls_forgotten>(two, forget_stored_calls{{{"CA1"}}});
  EXPECT_TRUE(comes_to([&] { return record(one, "CA1").empty(); }));
  for (const auto* const who : {"supervisor CA1", "callbacks CA1", "callbacks conv_CA1", "notices CA1"})
    EXPECT_THAT(said(one, &node::forgotten), Contains(who));
  EXPECT_EQ(stream().find("velociraptor"), std::string::npos);
  EXPECT_EQ(stream().find("4512345678"), std::string::npos);
  EXPECT_EQ(redis.say({"EXISTS", "{tonris}:rk:CA1"}), "0");
  EXPECT_NE(redis.say({"ZSCORE", "{tonris}:gone", "CA1"}), "(nil)");
}

TEST_F(SharedRecords, StayWhereTheCallGoesOn) {
  auto& one = sharing("node-1", redis.url());
  auto& two = sharing("node-2", redis.url());
  ends(one, ended_call("CA1"));
  ASSERT_TRUE(comes_to_know(two, "CA1"));
  {
    const std::scoped_lock held{one.lock};
    one.alive = {{"CA1"}};
  }
  (void)ask<stored_calls_forgotten>(two, forget_stored_calls{{{"CA1"}}});
  ASSERT_TRUE(comes_to([&] { return std::ranges::count(said(one, &node::forgotten), "supervisor CA1") > 0; }));
  ends(one, ended_call("CA3"));
  ASSERT_TRUE(comes_to_know(two, "CA3"));
  EXPECT_NE(record(one, "CA1"), "");
}

TEST_F(SharedRecords, WaitForARedisThatIsAwayAndLoseNothing) {
  auto& one = sharing("node-1", redis.url());
  auto& two = sharing("node-2", redis.url());
  redis.stop();
  for (int n = 0; n < 100; ++n) ends(one, ended_call("CA" + std::to_string(n)));
  EXPECT_EQ(listed(one), 50u) << "a page: its own store has them";
  EXPECT_TRUE(comes_to([&] { return counted(one, "tonris_records_waiting") == 100; }));
  EXPECT_TRUE(comes_to([&] { return trouble(one, &node::out) != "" && trouble(two, &node::in) != ""; }));
  redis.start();
  set_generation();
  EXPECT_TRUE(comes_to_know(two, "CA0"));
  EXPECT_TRUE(comes_to([&] { return counted(two, R"(tonris_records_taken_total{what="record"})") == 100; }));
  EXPECT_TRUE(comes_to([&] { return trouble(one, &node::out) == "" && trouble(two, &node::in) == ""; }));
  EXPECT_TRUE(comes_to([&] { return counted(one, "tonris_records_waiting") == 0; }));
}

TEST_F(SharedRecords, AreSentOnceMoreWhenNobodyKnowsWhetherTheyCameAndStandOnce) {
  auto& one = sharing("node-1", redis.url());
  auto& two = sharing("node-2", redis.url());
  ends(one, ended_call("CA1"));
  ASSERT_TRUE(comes_to_know(two, "CA1"));
  redis.pause();
  ends(one, ended_call("CA2"));
  EXPECT_TRUE(comes_to([&] {
    return counted(one, R"(tonris_records_sent_total{outcome="unknown"})") +
                   counted(one, R"(tonris_records_sent_total{outcome="not_sent"})") >
               0 ||
           trouble(one, &node::out) != "";
  }));
  redis.resume();
  EXPECT_TRUE(comes_to_know(two, "CA2"));
  EXPECT_TRUE(comes_to([&] { return counted(one, "tonris_records_waiting") == 0; }));
  EXPECT_EQ(entries(), 2);
  EXPECT_EQ(listed(two), 2u);
}

TEST_F(SharedRecords, ComeOfWhoHasThemWhenRedisHasLostAll) {
  auto& one = sharing("node-1", redis.url());
  ends(one, ended_call("CA1"));
  ASSERT_TRUE(comes_to([&] { return entries() == 1; }));
  ASSERT_TRUE(comes_to([&] { return counted(one, R"(tonris_records_taken_total{what="known"})") == 1; }));
  redis.restart();
  redis.say({"SET", "{tonris}:gen", "generation-2"});
  ASSERT_TRUE(comes_to([&] { return counted(one, "tonris_records_missed_total") == 1; }));
  auto& two = sharing("node-2", redis.url());
  EXPECT_TRUE(comes_to_know(two, "CA1"));
}

TEST_F(SharedRecords, AreAskedForAgainByANodeThatReadTooLate) {
  auto& one = sharing("node-1", redis.url());
  auto& two = sharing("node-2", redis.url());
  ends(one, ended_call("CA1"));
  ends(one, ended_call("CA2"));
  ASSERT_TRUE(comes_to_know(two, "CA1") && comes_to_know(two, "CA2"));
  stop_sharing(two);
  ends(one, ended_call("CA3"));
  (void)ask<stored_calls_forgotten>(one, forget_stored_calls{{{"CA2"}}});
  ASSERT_TRUE(comes_to([&] { return counted(one, "tonris_records_waiting") == 0 && entries() == 3; }));
  // Two days later.
  const auto all = redis.say({"XREVRANGE", "{tonris}:records", "+", "-", "COUNT", "1"});
  redis.say({"SET", "{tonris}:records:cut", all.substr(0, all.find(' '))});
  redis.say({"XTRIM", "{tonris}:records", "MAXLEN", "0"});
  redis.say({"DEL", "{tonris}:rk:CA1", "{tonris}:rk:CA3"});
  start_sharing(two);
  EXPECT_TRUE(comes_to_know(two, "CA3")) << "the other has sent it again";
  EXPECT_EQ(counted(two, "tonris_records_missed_total"), 1);
  EXPECT_EQ(record(two, "CA2"), "") << "and of what was deleted it is told by those who were";
  stop_sharing(two);
  start_sharing(two);
  ends(one, ended_call("CA4"));
  EXPECT_TRUE(comes_to_know(two, "CA4"));
  EXPECT_EQ(counted(two, "tonris_records_missed_total"), 1) << "noticed once";
}

TEST_F(SharedRecords, AreSentAndReadOnAfterACrash) {
  auto& one = sharing("node-1", redis.url());
  auto& two = sharing("node-2", redis.url());
  ends(one, ended_call("CA1"));
  ASSERT_TRUE(comes_to_know(two, "CA1"));
  stop(one);
  stop(two);
  start(one);
  ends(one, ended_call("CA2"));
  start(two);
  EXPECT_TRUE(comes_to_know(two, "CA2"));
  EXPECT_EQ(listed(two), 2u);
}

TEST_F(SharedRecords, WaitWhileRedisIsNearlyFullAndDeletionsDoNot) {
  auto& one = sharing("node-1", redis.url());
  auto& two = sharing("node-2", redis.url());
  ends(one, ended_call("CA1"));
  ASSERT_TRUE(comes_to_know(two, "CA1"));
  redis.say({"CONFIG", "SET", "maxmemory", "1mb"});
  ends(one, ended_call("CA2"));
  EXPECT_TRUE(
      comes_to([&] { return trouble(one, &node::out) == "records of ended calls wait: Redis is nearly full"; }));
  EXPECT_THAT(one.counters.render(), testing::HasSubstr("\ntonris_redis_memory_limit_bytes 1048576\n"));
  EXPECT_THAT(one.counters.render(), testing::Not(testing::HasSubstr("\ntonris_redis_memory_bytes 0\n")));
  (void)ask<stored_calls_forgotten>(one, forget_stored_calls{{{"CA1"}}});
  EXPECT_TRUE(comes_to([&] { return record(two, "CA1").empty(); }));
  EXPECT_EQ(record(two, "CA2"), "");
  redis.say({"CONFIG", "SET", "maxmemory", "0"});
  EXPECT_TRUE(comes_to_know(two, "CA2"));
  EXPECT_TRUE(comes_to([&] { return trouble(one, &node::out) == ""; }));
}

TEST_F(SharedRecords, WaitForAServerThatTakesWritesAgain) {
  auto& one = sharing("node-1", redis.url());
  auto& two = sharing("node-2", redis.url());
  ends(one, ended_call("CA1"));
  ASSERT_TRUE(comes_to_know(two, "CA1"));
  redis.say({"REPLICAOF", "127.0.0.1", "1"});
  ends(one, ended_call("CA2"));
  EXPECT_TRUE(comes_to([&] { return trouble(one, &node::out) != ""; }));
  redis.say({"REPLICAOF", "NO", "ONE"});
  EXPECT_TRUE(comes_to_know(two, "CA2"));
  EXPECT_EQ(listed(two), 2u);
}

TEST_F(SharedRecords, LieSealedInRedisAndWaitForANodeThatHasTheKey) {
  const auto with = [](const std::string& keys) {
    return std::make_shared<const model::field_seal>(derive(model::parse_key_ring(keys).value()));
  };
  const std::string k1 = "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
  auto& one = sharing("node-1", redis.url());
  auto& two = sharing("node-2", redis.url());
  stop_sharing(one);
  one.seal = with(k1);
  start_sharing(one);
  ends(one, ended_call("CA1"));
  EXPECT_TRUE(comes_to([&] { return trouble(two, &node::in).find("SECRETS_KEY") != std::string::npos; }));
  EXPECT_EQ(stream().find("velociraptor"), std::string::npos);
  EXPECT_EQ(stream().find("4512345678"), std::string::npos);
  stop_sharing(two);
  two.seal = with(k1);
  start_sharing(two);
  EXPECT_TRUE(comes_to_know(two, "CA1")) << "nothing was passed over";
}

}  // namespace
}  // namespace tonris::actors::test
