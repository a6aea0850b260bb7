/// Admission in a real Redis that fails, and what becomes of the calls: none is lost, none is counted twice.
#include <algorithm>
#include <filesystem>
#include <set>
#include <sstream>

#include "tests/actors/admission/kept_counts.hpp"
#include "tests/net/lossy_proxy.hpp"

namespace tonris::actors::test {
namespace {

using answer = admitted::answer;
using model::admission_verdict;

const std::string by_policy = R"(tonris_admissions_total{how="policy"})";

class RedisAdmission : public KeptCounts {
 protected:
  ~RedisAdmission() override { end(); }
  node& first() {
    if (!first_) first_ = &sharing(redis.url());
    return *first_;
  }
  /// Which calls Redis counts.
  std::set<int> counted_calls() {
    std::set<int> calls;
    std::istringstream words{redis.say({"ZRANGE", "{tonris}:c:salon", "0", "-1"})};
    for (std::string word; words >> word;)
      if (word.starts_with("CA")) calls.insert(std::stoi(word.substr(2)));
    return calls;
  }
  bool come_to_be_counted(const std::set<int>& calls) {
    return comes_to([&] { return counted_calls() == calls; });
  }
  /// As the supervisor does, for as long as `what` has not come true.
  bool comes_to_while_they_live(node& at, const std::vector<live_lease>& calls, const std::function<bool()>& what) {
    const auto until = std::chrono::steady_clock::now() + 15s;
    for (auto next = std::chrono::steady_clock::now(); !what(); std::this_thread::sleep_for(20ms)) {
      if (std::chrono::steady_clock::now() > until) return false;
      if (std::chrono::steady_clock::now() < next) continue;
      next += 1s;
      caf::anon_send(at.who, renew_leases{calls, false});
    }
    return true;
  }
  bool is_asked_again(node& at) {
    return comes_to(
        [&] {
          const auto before = counted(by_policy);
          const auto said = admit(at, ++probes_);
          release(at, probes_);
          return said.is == answer::come_in && counted(by_policy) == before;
        },
        20s);  // a pause of the link, and then young for a lease
  }

  net::test::redis_server redis{{"--enable-debug-command", "local", "--busy-reply-threshold", "300"}};

 private:
  node* first_ = nullptr;
  int probes_ = 900'000;
};

TEST_F(RedisAdmission, KnowsWhichNodeHasTheCallerInLine) {
  auto& another = sharing(redis.url(), "node-2");
  const auto is_at = [&](node& of) { return ask<line_place>(of, find_in_line{call(2)}).is_here; };
  tenant->limits.max_concurrent_calls = 1;
  tenant->limits.overflow = {model::tenant::action::wait, {}, {}, 60};
  EXPECT_EQ(admit(first(), 1).is, answer::come_in);
  EXPECT_EQ(admit(first(), 2).is, answer::wait);
  EXPECT_TRUE(comes_to([&] { return !is_at(another); }));
  EXPECT_TRUE(is_at(first()));
  EXPECT_EQ(admit(another, 2, {}, 11s).is, answer::wait) << "Twilio asks the other one";
  EXPECT_TRUE(comes_to([&] { return !is_at(first()); }));
  EXPECT_TRUE(is_at(another));
  release(first(), 1, 1s);
  ASSERT_TRUE(comes_to([&] { return admit(first(), 2, {}, 22s).is == answer::come_in; }));
  EXPECT_FALSE(is_at(another)) << "who is let in stands in no line";
  EXPECT_FALSE(is_at(first()));
}

TEST_F(RedisAdmission, AdmitsExactlyTenOfTwoHundredThatAskTwoNodesAtOnce) {
  tenant->limits.max_concurrent_calls = 10;
  auto& second = sharing(redis.url(), "node-2");
  EXPECT_EQ(admit_at_once({&first(), &second}, 0, 200).size(), 10u);
  EXPECT_EQ(counted_calls().size(), 10u);
}

TEST_F(RedisAdmission, TakesACallOverThatTwilioBringsFromAnotherNode) {
  tenant->limits.max_concurrent_calls = 1;
  auto& second = sharing(redis.url(), "node-2");
  EXPECT_EQ(admit(first(), 1).is, answer::come_in);
  EXPECT_EQ(admit(second, 1).is, answer::come_in);
  EXPECT_EQ(redis.say({"HGET", "{tonris}:l:CA1", "n"}), "node-2");
  renew(first(), {still(1)});
  EXPECT_EQ(counted(R"(tonris_admission_leases_lost_total{why="fenced"})"), 1);
  release(first(), 1);
  EXPECT_EQ(admit(second, 2).is, answer::refused) << "it is the second's";
  release(second, 1);
  EXPECT_TRUE(come_to_be_counted({}));
}

TEST_F(RedisAdmission, KnowsWhetherAnotherNodeThatLivesHasACall) {
  using who = lease_holder::who;
  auto& second = sharing(redis.url(), "node-2");
  const auto holder = [&](node& of, int n) { return ask<lease_holder>(of, find_lease_holder{call(n)}).is; };
  EXPECT_EQ(holder(second, 1), who::nobody) << "it never was";
  EXPECT_EQ(admit(first(), 1).is, answer::come_in);
  EXPECT_EQ(holder(second, 1), who::another) << "from the first moment on";
  EXPECT_EQ(holder(first(), 1), who::nobody) << "but this node";
  release(first(), 1);
  EXPECT_TRUE(comes_to([&] { return holder(second, 1) == who::over; }));
  EXPECT_EQ(admit(first(), 2).is, answer::come_in);
  renew(first(), {still(2)});
  kill(first());
  EXPECT_EQ(holder(second, 2), who::another) << "as far as is known";
  EXPECT_TRUE(comes_to([&] { return holder(second, 2) == who::nobody; }, 13s));
}

TEST_F(RedisAdmission, FreesThePlacesOfANodeThatWasKilledWithinALease) {
  tenant->limits.max_concurrent_calls = 10;
  auto& second = sharing(redis.url(), "node-2");
  std::vector<live_lease> mine;
  for (int n = 0; n < 4; ++n) {
    EXPECT_EQ(admit(first(), n).is, answer::come_in);
    mine.push_back(still(n));
  }
  for (int n = 10; n < 16; ++n) EXPECT_EQ(admit(second, n).is, answer::come_in);
  kill(second);
  const auto gone = std::chrono::steady_clock::now();
  int free = 0;
  EXPECT_TRUE(comes_to_while_they_live(first(), mine, [&] {
    free += admit(first(), 100 + free).is == answer::come_in;
    if (free > 0) mine.push_back(still(99 + free));
    return free == 6;
  }));
  EXPECT_LT(std::chrono::steady_clock::now() - gone, lease + 1s);
  EXPECT_EQ(admit(first(), 200).is, answer::refused) << "and then exactly ten again";
}

TEST_F(RedisAdmission, DecidesByWhatItKnowsWhileRedisIsStoppedAndTellsItAfterwards) {
  tenant->limits.max_concurrent_calls = 3;
  auto& second = sharing(redis.url(), "node-2");
  EXPECT_EQ(admit(second, 9).is, answer::come_in);
  EXPECT_EQ(admit(first(), 1).is, answer::come_in);
  redis.pause();
  EXPECT_EQ(admit(first(), 2).is, answer::come_in);
  EXPECT_EQ(counted(by_policy), 1);
  const auto fourth = admit(first(), 3);
  EXPECT_EQ(fourth.is, answer::refused) << "one is the other node's, as was last heard";
  EXPECT_EQ(fourth.verdict, admission_verdict::concurrency);
  EXPECT_EQ(admit(first(), 2).is, answer::come_in) << "Twilio's retry";
  EXPECT_EQ(counted(by_policy), 1);
  redis.resume();
  EXPECT_TRUE(come_to_be_counted({1, 2, 9})) << "what was on its way is executed late, and counts nobody twice";
  EXPECT_EQ(admit(first(), 4).is, answer::refused);
  release(first(), 2, 7s);
  EXPECT_TRUE(come_to_be_counted({1, 9}));
}

TEST_F(RedisAdmission, HoldsNoPlaceForWhomItRefusedWhileRedisWasStopped) {
  tenant->limits.when_unknown = model::tenant::when_unknown_type::refuse;
  EXPECT_EQ(admit(first(), 1).is, answer::come_in);
  redis.pause();
  const auto in = admit_at_once({&first()}, 10, 12);
  EXPECT_TRUE(in.empty());
  EXPECT_EQ(admit(first(), 22).verdict, admission_verdict::lost);
  redis.resume();
  ASSERT_TRUE(comes_to([&] { return redis.say({"HEXISTS", "{tonris}:l:CA10", "end"}) == "1"; }));
  EXPECT_TRUE(come_to_be_counted({1}));
  EXPECT_EQ(admit(first(), 10).verdict, admission_verdict::ended);
}

TEST_F(RedisAdmission, IsToldItsCallsAndMonthsAgainWhenItComesBackEmpty) {
  tenant->limits.max_concurrent_calls = 4;
  auto& second = sharing(redis.url(), "node-2");
  for (int n : {1, 2}) EXPECT_EQ(admit(first(), n).is, answer::come_in);
  for (int n : {11, 12}) EXPECT_EQ(admit(second, n).is, answer::come_in);
  renew(first(), {still(1, 100s), still(2, 55s)});
  release(first(), 2, 60s);
  ASSERT_TRUE(come_to_be_counted({1, 11, 12}));
  renew(second, {still(11), still(12)});
  EXPECT_EQ(usage(first()).month.seconds, 105 + 60 + 5 + 5);
  redis.restart();
  EXPECT_TRUE(come_to_be_counted({1, 11, 12}));
  EXPECT_TRUE(comes_to([&] { return redis.say({"HGET", "{tonris}:u:salon:202611", "calls"}) == "4"; }));
  EXPECT_NEAR(static_cast<double>(usage(first()).month.seconds), 175, 4) << "the live ones went on";
  for (int n = 20; n < 40; ++n) (void)admit(first(), n);
  EXPECT_LE(counted_calls().size(), 4u);
  release(first(), 1, 101s);
  EXPECT_TRUE(comes_to([&] { return !counted_calls().contains(1); }));
}

TEST_F(RedisAdmission, OutlivesItsOwnCrash) {
  tenant->limits.max_concurrent_calls = 2;
  for (int n : {1, 2}) EXPECT_EQ(admit(first(), n).is, answer::come_in);
  redis.pause();
  release(first(), 2, 9s);
  std::this_thread::sleep_for(100ms);
  kill(first());
  connect(first(), redis.url(), "node-1");
  redis.resume();
  EXPECT_TRUE(come_to_be_counted({1}));
  EXPECT_EQ(redis.say({"HGET", "{tonris}:l:CA2", "s"}), "9");
  EXPECT_EQ(admit(first(), 1).is, answer::come_in);
  EXPECT_TRUE(is_asked_again(first()));
}

TEST_F(RedisAdmission, LetsNobodyInByCountsWhoseLeasesLapsedWhileItWasAway) {
  tenant->limits.max_concurrent_calls = 4;
  auto& second = sharing(redis.url(), "node-2");
  for (int n : {1, 2}) EXPECT_EQ(admit(first(), n).is, answer::come_in);
  for (int n : {11, 12}) EXPECT_EQ(admit(second, n).is, answer::come_in);
  renew(first(), {still(1), still(2)});
  renew(second, {still(11), still(12)});
  redis.pause();
  const auto until = std::chrono::steady_clock::now() + lease + 1s;
  const auto live_on = [&] {
    caf::anon_send(first().who, renew_leases{{still(1), still(2)}, false});
    caf::anon_send(second.who, renew_leases{{still(11), still(12)}, false});
  };
  for (; std::chrono::steady_clock::now() < until; std::this_thread::sleep_for(500ms)) live_on();
  redis.resume();
  for (int n = 100; n < 160; ++n) {
    live_on();
    EXPECT_EQ(admit(first(), n).is, answer::refused);
    EXPECT_EQ(admit(second, n + 100).is, answer::refused);
    std::this_thread::sleep_for(50ms);
  }
  EXPECT_TRUE(come_to_be_counted({1, 2, 11, 12}));
}

TEST_F(RedisAdmission, NoticesThatTheDataIsGoneWithoutTheConnection) {
  tenant->limits.max_concurrent_calls = 2;
  for (int n : {1, 2}) EXPECT_EQ(admit(first(), n).is, answer::come_in);
  redis.say({"FLUSHALL"});
  EXPECT_EQ(admit(first(), 3).is, answer::refused);
  EXPECT_TRUE(come_to_be_counted({1, 2}));
}

TEST_F(RedisAdmission, TellsTheMonthOnceAGenerationAlsoInTheNextLife) {
  EXPECT_EQ(admit(first(), 1).is, answer::come_in);
  release(first(), 1, 40s);
  ASSERT_TRUE(comes_to([&] { return usage(first()).month.seconds == 40; }));
  auto& again = make();
  usage_snapshot written;
  written.months.push_back({tenant->id, {202611}, {40, 0, 1}});
  again.books->restore(written, std::chrono::steady_clock::now());
  again.shared->booked.insert(tenant->id);
  again.shared->generation = again.shared->told_to = first().shared->generation;
  kill(first());
  connect(again, redis.url(), "node-1");
  ask<month_levels>(again, renew_leases{{}, true});
  EXPECT_EQ(admit(again, 2).is, answer::come_in);
  EXPECT_EQ(usage(again).month.seconds, 45);
}

TEST_F(RedisAdmission, BringsAMonthAlongThatItCountedForItself) {
  auto& moved = make();
  usage_snapshot written;
  written.months.push_back({tenant->id, {202611}, {400, 7'000, 3}});
  moved.books->restore(written, std::chrono::steady_clock::now());
  moved.shared->booked.insert(tenant->id);
  connect(moved, redis.url(), "node-1");
  ask<month_levels>(moved, renew_leases{{}, true});
  EXPECT_TRUE(comes_to([&] { return redis.say({"HGET", "{tonris}:u:salon:202611", "s"}) == "400"; }));
}

TEST_F(RedisAdmission, LetsNobodyInBeforeTheCallsOfAFormerLifeAreTold) {
  tenant->limits.max_concurrent_calls = 2;
  auto& back = make();
  connect(back, redis.url(), "node-1");
  caf::anon_send(back.who, renew_leases{{still(1, 30s), still(2, 30s)}, true});
  EXPECT_EQ(admit(back, 3).is, answer::refused);
  EXPECT_EQ(counted(by_policy), 0);
}

TEST_F(RedisAdmission, DecidesByWhatItKnowsWhileTheServerIsAReplica) {
  tenant->limits.max_concurrent_calls = 2;
  EXPECT_EQ(admit(first(), 1).is, answer::come_in);
  redis.say({"REPLICAOF", "127.0.0.1", "1"});
  EXPECT_EQ(admit(first(), 2).is, answer::come_in);
  EXPECT_EQ(counted(by_policy), 1);
  EXPECT_EQ(admit(first(), 3).is, answer::refused);
  redis.say({"REPLICAOF", "NO", "ONE"});
  EXPECT_TRUE(come_to_be_counted({1, 2}));
  tenant->limits.max_concurrent_calls = 5;
  EXPECT_TRUE(is_asked_again(first()));
}

TEST_F(RedisAdmission, RenewsAndGivesBackWhileRedisIsFull) {
  tenant->limits.max_concurrent_calls = 3;
  EXPECT_EQ(admit(first(), 1).is, answer::come_in);
  EXPECT_EQ(admit(first(), 2).is, answer::come_in);
  redis.say({"CONFIG", "SET", "maxmemory", "1"});
  EXPECT_EQ(admit(first(), 3).is, answer::come_in);
  EXPECT_EQ(counted(by_policy), 1);
  EXPECT_TRUE(come_to_be_counted({1, 2, 3})) << "that it was let in may be told";
  EXPECT_EQ(admit(first(), 4).is, answer::refused);
  release(first(), 1);
  EXPECT_TRUE(come_to_be_counted({2, 3}));
  redis.say({"CONFIG", "SET", "maxmemory", "0"});
  EXPECT_TRUE(is_asked_again(first()));
}

TEST_F(RedisAdmission, DecidesByWhatItKnowsWhileRedisTakesNoWrites) {
  EXPECT_EQ(admit(first(), 1).is, answer::come_in);
  std::filesystem::create_directory(redis.folder() + "/dump.rdb");
  redis.say({"CONFIG", "SET", "save", "3600 1"});
  redis.say({"BGSAVE"});
  ASSERT_TRUE(comes_to([&] { return redis.say({"SET", "k", "v"}).starts_with("MISCONF"); }));
  EXPECT_EQ(admit(first(), 2).is, answer::come_in);
  EXPECT_EQ(counted(by_policy), 1);
  release(first(), 1);
  redis.say({"CONFIG", "SET", "stop-writes-on-bgsave-error", "no"});
  EXPECT_TRUE(come_to_be_counted({2})) << "the end is told, and so is who came in";
  EXPECT_TRUE(is_asked_again(first()));
}

TEST_F(RedisAdmission, DecidesByWhatItKnowsWhileAScriptDoesNotEnd) {
  EXPECT_EQ(admit(first(), 1).is, answer::come_in);
  std::thread endless{[&] { redis.say({"EVAL", "while true do end", "0"}); }};
  std::this_thread::sleep_for(500ms);
  EXPECT_EQ(admit(first(), 2).is, answer::come_in);
  EXPECT_EQ(counted(by_policy), 1);
  redis.say({"SCRIPT", "KILL"});
  endless.join();
  EXPECT_TRUE(come_to_be_counted({1, 2}));
  EXPECT_TRUE(is_asked_again(first()));
}

TEST_F(RedisAdmission, GoesOnWhenItsConnectionsAreCut) {
  tenant->limits.max_concurrent_calls = 3;
  EXPECT_EQ(admit(first(), 1).is, answer::come_in);
  for (int n = 2; n < 12; ++n) {
    redis.say({"CLIENT", "KILL", "TYPE", "normal"});
    (void)admit(first(), n);
  }
  EXPECT_TRUE(comes_to([&] { return counted_calls().size() == 3; }));
  tenant->limits.max_concurrent_calls = 5;
  EXPECT_TRUE(is_asked_again(first()));
}

TEST_F(RedisAdmission, AdmitsExactlyTenWhileAnswersAreLostAndAskedForAgain) {
  tenant->limits.max_concurrent_calls = 10;
  for (int round = 0; round < 3; ++round) {
    redis.say({"FLUSHALL"});
    net::test::lossy_proxy proxy{redis.port()};
    auto& lossy = sharing(proxy.url(), "node-" + std::to_string(round));
    proxy.lose_every(2);
    std::set<int> in;
    for (int again = 0; again < 4; ++again)
      for (const int n : admit_at_once({&lossy}, 0, 200)) in.insert(n);
    EXPECT_GT(proxy.lost(), 0u);
    proxy.lose_every(0);
    EXPECT_EQ(in.size(), 10u);
    std::vector<live_lease> calls;
    for (const int n : in) calls.push_back(still(n));
    EXPECT_TRUE(comes_to_while_they_live(lossy, calls, [&] { return counted_calls() == in; }));
    kill(lossy);
  }
}

TEST_F(RedisAdmission, DecidesByWhatItKnowsWhenItStartsWhileRedisIsAway) {
  redis.stop();
  auto& at = make();
  connect(at, redis.url(), "node-1");
  EXPECT_EQ(admit(at, 1).is, answer::come_in);
  EXPECT_EQ(counted(by_policy), 1);
  redis.start();
  ask<month_levels>(at, renew_leases{{still(1)}, true});
  EXPECT_TRUE(come_to_be_counted({1}));
}

TEST_F(RedisAdmission, SaysHowFarTheMonthIsUsedWhileRedisIsAway) {
  tenant->limits.minutes_per_month = 10;
  auto& second = sharing(redis.url(), "node-2");
  admit(first(), 1);
  admit(second, 2);
  renew(second, {still(2, 295s)});
  EXPECT_TRUE(renew(first(), {still(1, 100s)}).tenants.empty());
  redis.stop();
  ASSERT_TRUE(comes_to([&] { return !renew(first(), {still(1, 475s)}).tenants.empty(); }));
  EXPECT_EQ(renew(first(), {still(1, 475s)}).tenants[0].second, model::month_level::over);
}

TEST_F(RedisAdmission, LeavesNothingBehindThatDoesNotExpire) {
  vendor_calls = 10;
  tenant->limits.calls_per_minute = 10;
  tenant->limits.caller_calls = model::tenant::caller_calls_type{5, 60};
  EXPECT_EQ(admit(first(), 1, "+15550100001").is, answer::come_in);
  EXPECT_EQ(admit(first(), 2, "+15550100001").is, answer::come_in);
  renew(first(), {still(1)});
  release(first(), 1);
  ASSERT_TRUE(come_to_be_counted({2}));
  std::istringstream keys{redis.say({"KEYS", "*"})};
  const std::set<std::string> for_good{"{tonris}:gen", "{tonris}:schema"};
  for (std::string key; keys >> key;) EXPECT_EQ(for_good.contains(key), redis.say({"TTL", key}) == "-1") << key;
}

}  // namespace
}  // namespace tonris::actors::test
