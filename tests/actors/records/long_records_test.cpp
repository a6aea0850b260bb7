// Long records of ended calls on their way from node to node, by a real Redis: each takes a while, and some are too
// long.
#include <gmock/gmock.h>

#include "tests/actors/records/sharing_by_redis.hpp"

namespace tonris::actors::test {
namespace {

class LongSharedRecords : public SharingByRedis {
 protected:
  LongSharedRecords() { patience = 10s; }  // as a node's

  static model::call_record long_call(const std::string& sid, std::size_t bytes) {
    constexpr std::size_t a_line = 4'000;
    auto call = ended_call(sid);
    auto line = call.transcript.front();
    line.text = sid + " " + std::string(a_line, 'x');
    call.transcript.insert(call.transcript.end(), bytes / a_line, line);
    return call;
  }
  /// As a node of another version might send it.
  void add(const std::string& sid, std::size_t bytes) {
    redis.say({"XADD", "{tonris}:records", "*", "what", "record", "call", sid, "rev", "1", "node", "node-9", "tenant",
               "salon-1", "json", std::string(bytes, 'x')});
  }
};

// The stores have the least of a machine's time: where it is full, these may take a minute.
constexpr std::chrono::seconds on_a_full_machine{120};

TEST_F(LongSharedRecords, AreAtTheOtherNodeHoweverManyComeAtOnce) {
  auto& one = sharing("node-1", redis.url());
  auto& two = sharing("node-2", redis.url());
  for (int n = 0; n < 40; ++n) ends(one, long_call("CA" + std::to_string(n), 300'000));
  const auto taken = [&] { return counted(two, R"(tonris_records_taken_total{what="record"})"); };
  EXPECT_TRUE(comes_to([&] { return taken() == 40; }, on_a_full_machine)) << taken();
  EXPECT_TRUE(comes_to([&] { return counted(one, "tonris_records_waiting") == 0; }, on_a_full_machine));
  EXPECT_EQ(counted(one, R"(tonris_records_sent_total{outcome="ok"})"), 40);
  EXPECT_EQ(trouble(one, &node::out) + trouble(two, &node::in), "");
}

TEST_F(LongSharedRecords, AreNotSentTwiceToAServerThatAnswersLate) {
  auto& one = sharing("node-1", redis.url());
  auto& two = sharing("node-2", redis.url());
  ends(one, ended_call("CA1"));
  ASSERT_TRUE(comes_to_know(two, "CA1"));
  redis.pause();
  for (int n = 10; n < 15; ++n) ends(one, long_call("CA" + std::to_string(n), 300'000));
  std::this_thread::sleep_for(2s);
  redis.resume();
  EXPECT_TRUE(comes_to_know(two, "CA14", "xxx"));
  EXPECT_EQ(counted(one, R"(tonris_records_sent_total{outcome="unknown"})"), 0);
  EXPECT_EQ(counted(one, R"(tonris_records_sent_total{outcome="ok"})"), 6);
}

TEST_F(LongSharedRecords, StayWithTheirNodeWhereTheyAreTooLongAndHoldNobodyUp) {
  auto& one = sharing("node-1", redis.url());
  auto& two = sharing("node-2", redis.url());
  ends(one, long_call("CA1", 4 * record_entry::most_bytes / 3));
  ends(one, ended_call("CA2"));
  EXPECT_TRUE(comes_to_know(two, "CA2"));
  EXPECT_TRUE(comes_to([&] { return counted(one, "tonris_records_waiting") == 0; }));
  EXPECT_EQ(counted(one, R"(tonris_records_unshared_total{reason="too_large"})"), 1);
  EXPECT_EQ(record(two, "CA1"), "");
  EXPECT_NE(record(one, "CA1"), "");
  EXPECT_EQ(trouble(one, &node::out), "");
}

TEST_F(LongSharedRecords, ArePassedOverWhereNoNodeCouldReadThem) {
  auto& one = sharing("node-1", redis.url());
  auto& two = sharing("node-2", redis.url());
  ends(one, ended_call("CA1"));
  ASSERT_TRUE(comes_to_know(two, "CA1"));
  // More than the link takes of one answer, which two reads while it waits; and behind it, in a page.
  add("CA8", std::size_t{9} * 1024 * 1024);
  add("CA9", record_entry::most_bytes_read + 1);
  ends(one, ended_call("CA2"));
  EXPECT_TRUE(comes_to_know(two, "CA2")) << "which lies behind them";
  EXPECT_EQ(counted(two, R"(tonris_records_taken_total{what="unreadable"})"), 2);
  EXPECT_EQ(listed(two), 2u);
}

TEST_F(LongSharedRecords, ArePassedOverAlsoWhereTheyAreTheOldestThatTheStreamHas) {
  auto& one = sharing("node-1", redis.url());
  auto& two = sharing("node-2", redis.url());
  ends(one, ended_call("CA1"));
  ASSERT_TRUE(comes_to_know(two, "CA1"));
  stop_sharing(two);
  redis.say({"XTRIM", "{tonris}:records", "MAXLEN", "0"});
  add("CA8", std::size_t{9} * 1024 * 1024);
  ends(one, ended_call("CA2"));
  start_sharing(two);
  EXPECT_TRUE(comes_to_know(two, "CA2"));
}

TEST_F(LongSharedRecords, ComeInPagesThatTheLinkTakes) {
  auto& one = sharing("node-1", redis.url());
  for (int n = 10; n < 20; ++n) ends(one, long_call("CA" + std::to_string(n), 1'500'000));
  ASSERT_TRUE(
      comes_to([&] { return counted(one, R"(tonris_records_sent_total{outcome="ok"})") == 10; }, on_a_full_machine));
  auto& two = sharing("node-2", redis.url());
  EXPECT_TRUE(comes_to([&] { return listed(two) == 10; }, on_a_full_machine)) << "15 MB, of which 8 MiB are an answer";
  EXPECT_EQ(trouble(two, &node::in), "");
}

}  // namespace
}  // namespace tonris::actors::test
