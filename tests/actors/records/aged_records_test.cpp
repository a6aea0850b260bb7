// Records that are past their days leave what nodes share of them at a real Redis, too, also while nothing else comes.
#include <gmock/gmock.h>

#include "tests/actors/records/sharing_by_redis.hpp"

namespace tonris::actors::test {
namespace {

using std::chrono::days;
using testing::HasSubstr;
using testing::Not;

class AgedRecords : public SharingByRedis {
 protected:
  static model::call_record call_of(const std::string& tenant, const std::string& sid, std::chrono::hours age) {
    auto call = ended_call(sid, now() - age);
    call.tenant.value = tenant;
    return call;
  }
  /// salon-1 keeps its records a day, salon-2 what was said.
  void shorten(node& at) {
    caf::anon_send(at.store.actor,
                   keep_records_for{{{{"salon-1"}, days{1}, days{1}}, {{"salon-2"}, days{30}, days{1}}}});
  }
  void two_that_age_and_one_that_does_not(node& at) {
    ends(at, call_of("salon-1", "CA1", 36h));
    ends(at, call_of("salon-2", "CA2", 36h));
    ends(at, call_of("salon-1", "CA3", 1h));
    ASSERT_TRUE(comes_to([&] {
      const auto all = stream();
      return all.find("CA1") != std::string::npos && all.find("CA2") != std::string::npos &&
             all.find("CA3") != std::string::npos && counted(at, "tonris_records_waiting") == 0;
    }));
  }
  bool comes_to_be_without_words() {
    return comes_to([&] {
      const auto all = stream();
      return all.find("velociraptor CA1") == std::string::npos && all.find("velociraptor CA2") == std::string::npos;
    });
  }

  std::string put(const std::string& what, const std::string& call, const std::string& rev, const std::string& owner,
                  const std::string& json, const std::vector<std::string>& rest = {}, const std::string& part = "1") {
    std::vector<std::string> arguments{what, call, rev, owner, two_days, part, "tenant", "salon-1", "json", json};
    arguments.insert(arguments.end(), rest.begin(), rest.end());
    return run(config::redis_scripts::record_put,
               {"{tonris}:records", "{tonris}:rk:" + call, "{tonris}:gone", "{tonris}:records:cut"}, arguments);
  }
  /// For node-9, of which 64 may wait.
  std::string again(const std::string& call, const std::string& rev, const std::string& json) {
    return run(config::redis_scripts::record_again,
               {of_nine, "{tonris}:gone", of_nine + ":" + call, "{tonris}:again:nodes"},
               {call, "node-1", rev, "64", "60000", "60000", "what", "record", "call", call, "rev", rev, "node",
                "node-1", "json", json});
  }
  std::string aged(const std::string& call, const std::vector<std::string>& left = {}) {
    std::vector<std::string> arguments{call, two_days};
    arguments.insert(arguments.end(), left.begin(), left.end());
    return run(config::redis_scripts::record_aged, {"{tonris}:records", "{tonris}:rk:" + call, "{tonris}:again:nodes"},
               arguments);
  }
  static std::vector<std::string> silent(const std::string& rev) {
    return {"node-1", rev, "what", "record", "call", "CA1", "rev", rev, "node", "node-1", "json", "silent"};
  }
  std::string waits() { return redis.say({"XRANGE", of_nine, "-", "+"}); }

  const std::string two_days = "172800000", of_nine = "{tonris}:again:node-9";
};

TEST_F(AgedRecords, LeaveAllStreamsAtRedisAndNoMark) {
  (void)put("record", "CA1", "2", "node-1", "words of one");
  (void)put("learned", "CA1", "", "node-2", "words of two");
  (void)put("record", "CA2", "1", "node-1", "of another");
  EXPECT_EQ(again("CA1", "2", "words of one"), "ok");
  EXPECT_EQ(again("CA2", "1", "of another"), "ok");
  EXPECT_EQ(aged("CA1"), "3");
  for (const auto& of : {stream(), waits()}) {
    EXPECT_THAT(of, Not(HasSubstr("words")));
    EXPECT_THAT(of, HasSubstr("of another"));
  }
  EXPECT_EQ(redis.say({"EXISTS", "{tonris}:rk:CA1"}), "0");
  EXPECT_EQ(redis.say({"HEXISTS", of_nine + ":calls", "CA1"}), "0");
  EXPECT_EQ(redis.say({"EXISTS", "{tonris}:gone"}), "0");
  EXPECT_EQ(aged("CA1"), "0");
  EXPECT_THAT(put("record", "CA1", "3", "node-2", "once more"), HasSubstr("ok")) << "until it has aged there";
}

TEST_F(AgedRecords, LeaveWhatIsLeftOfThemInTheirPlaceAndNothingNewer) {
  (void)put("record", "CA1", "2", "node-1", "words");
  (void)put("learned", "CA1", "", "node-2", "words, too");
  EXPECT_EQ(again("CA1", "2", "words"), "ok");
  EXPECT_EQ(aged("CA1", silent("1")), "0") << "of an older copy";
  EXPECT_THAT(stream(), HasSubstr("words"));
  EXPECT_EQ(aged("CA1", silent("2")), "3");
  for (const auto& of : {stream(), waits()}) {
    EXPECT_THAT(of, Not(HasSubstr("words")));
    EXPECT_THAT(of, HasSubstr("silent"));
  }
  EXPECT_EQ(redis.say({"XLEN", "{tonris}:records"}), "1");
  EXPECT_EQ(redis.say({"XLEN", of_nine}), "1");
  EXPECT_NE(redis.say({"PTTL", "{tonris}:rk:CA1"}), "-1");
  EXPECT_NE(redis.say({"PTTL", of_nine}), "-1");
  EXPECT_EQ(aged("CA1"), "2") << "then they are found there as well";
  EXPECT_EQ(aged("CA1", silent("2")), "0") << "what has gone does not come back";
  EXPECT_EQ(redis.say({"XLEN", "{tonris}:records"}), "0");
}

TEST_F(AgedRecords, LeaveWhatOthersHaveToldWithoutItsWordsUntilItIsRead) {
  (void)put("record", "CA1", "2", "node-1", "words");
  (void)put("learned", "CA1", "2", "node-2", "a price and words", {"silent", "a price"});
  (void)put("learned", "CA1", "2", "node-3", "a length", {"silent", ""});
  (void)put("learned", "CA1", "2", "node-4", "words of an older version");
  (void)put("learned", "CA1", "2", "node-5", "words, too", {"of", "node-1", "sealed_silent", "sealed"});
  (void)put("learned", "CA1", "2", "node-5", "a charge", {"silent", ""}, "2");
  EXPECT_EQ(aged("CA1", silent("2")), "4");
  const auto left = stream();
  EXPECT_THAT(left, Not(HasSubstr("words")));
  for (const auto* const fact : {"a price", "a length", "sealed_json sealed", "of node-1", "a charge"})
    EXPECT_THAT(left, HasSubstr(fact));
  EXPECT_LT(left.find("json silent"), left.find("a price")) << "the record first: else nobody could read it into one";
  EXPECT_EQ(redis.say({"XLEN", "{tonris}:records"}), "5");
  EXPECT_EQ(aged("CA1", silent("2")), "1") << "the record; of what others told there is no word left to go";
  EXPECT_EQ(redis.say({"XLEN", "{tonris}:records"}), "5");
  (void)put("learned", "CA1", "2", "node-2", "a later price", {"silent", ""});
  EXPECT_THAT(stream(), Not(HasSubstr("a price"))) << "it is found where it is now";
  EXPECT_EQ(aged("CA1"), "5");
  EXPECT_EQ(redis.say({"XLEN", "{tonris}:records"}), "0");
}

/// Whose call it is was away while another was told, and its words were due before it has read that.
TEST_F(AgedRecords, KeepForWhoseCallItIsWhatItHasNotRead) {
  auto& one = sharing("node-1", redis.url());
  auto& two = sharing("node-2", redis.url());
  ends(one, call_of("salon-2", "CA2", 36h));
  ASSERT_TRUE(comes_to_know(two, "CA2"));
  stop_sharing(one);
  two.store.journal->fact({{"CA2"}, model::call_record::note{now(), "velociraptor of a note"}});
  two.store.journal->fact({{"CA2"}, model::call_record::voicemail_message{"RE1", "https://r.example/RE1", 7, now()}});
  ASSERT_TRUE(comes_to([&] {
    const auto all = stream();
    return all.find("velociraptor of a note") != std::string::npos && all.find("RE1") != std::string::npos;
  }));
  shorten(one);
  ASSERT_TRUE(comes_to([&] { return counted(one, "tonris_records_aged") == 1; }));
  start_sender(one);  // it reads nothing yet
  ASSERT_TRUE(comes_to([&] { return stream().find("velociraptor") == std::string::npos; }));
  ASSERT_TRUE(comes_to([&] { return counted(one, "tonris_records_aged") == 0; }));
  ASSERT_EQ(record(one, "CA2").find("RE1"), std::string::npos) << "else this test says nothing";
  stop_sharing(one);
  start_sharing(one);
  EXPECT_TRUE(comes_to_know(one, "CA2", "RE1"));
  EXPECT_EQ(record(one, "CA2").find("velociraptor"), std::string::npos);
}

TEST_F(AgedRecords, GoFromTheStreamWithWhatWasSaidAndANodeThatWasAwayHasWhatIsLeft) {
  auto& one = sharing("node-1", redis.url());
  auto& two = sharing("node-2", redis.url());
  ends(two, ended_call("CA9"));
  ASSERT_TRUE(comes_to_know(one, "CA9"));
  stop_sharing(two);
  two_that_age_and_one_that_does_not(one);
  ASSERT_THAT(stream(), HasSubstr("velociraptor CA2"));
  shorten(one);
  EXPECT_TRUE(comes_to_be_without_words());
  EXPECT_THAT(stream(), HasSubstr("velociraptor CA3"));
  EXPECT_THAT(stream(), Not(HasSubstr("call CA1")));
  EXPECT_EQ(redis.say({"EXISTS", "{tonris}:rk:CA1", "{tonris}:gone"}), "0");
  EXPECT_TRUE(comes_to([&] { return counted(one, "tonris_records_aged") == 0; }));
  start_sharing(two);
  EXPECT_TRUE(comes_to_know(two, "CA3"));
  EXPECT_TRUE(comes_to_know(two, "CA2", "CA2"));
  EXPECT_EQ(record(two, "CA2").find("velociraptor"), std::string::npos);
  EXPECT_EQ(record(two, "CA1"), "");
  EXPECT_EQ(counted(two, "tonris_records_missed_total"), 0);
}

TEST_F(AgedRecords, GoOnceRedisIsThereAgain) {
  auto& one = sharing("node-1", redis.url());
  two_that_age_and_one_that_does_not(one);
  redis.pause();
  shorten(one);
  EXPECT_TRUE(comes_to([&] { return record(one, "CA1").empty(); }));
  EXPECT_TRUE(comes_to([&] { return counted(one, "tonris_records_aged") == 2; }));
  redis.resume();
  EXPECT_TRUE(comes_to_be_without_words());
  EXPECT_THAT(stream(), HasSubstr("velociraptor CA3"));
  EXPECT_TRUE(comes_to([&] { return counted(one, "tonris_records_aged") == 0; }));
}

TEST_F(AgedRecords, GoAlsoWhileNobodySendsAnything) {
  const auto ms = std::chrono::floor<std::chrono::milliseconds>((now() - 49h).time_since_epoch()).count();
  const auto last = std::to_string(ms + 2'499) + "-0";
  for (std::int64_t n = 0; n < 2'500; n += 500) {
    const std::string many =
        "for i = 0, 499 do redis.call('XADD', KEYS[1], string.format('%.0f-0', ARGV[1] + i), 'what',"
        " 'record', 'call', 'CAold', 'json', 'velociraptor') end";
    redis.say({"EVAL", many, "1", "{tonris}:records", std::to_string(ms + n)});
  }
  redis.say({"XADD", "{tonris}:records", "*", "what", "record", "call", "CAyoung"});
  ASSERT_EQ(redis.say({"XLEN", "{tonris}:records"}), "2501");
  (void)sharing("node-1", redis.url());
  EXPECT_TRUE(comes_to([&] { return stream().find("CAold") == std::string::npos; }));
  EXPECT_THAT(stream(), HasSubstr("CAyoung"));
  EXPECT_EQ(redis.say({"GET", "{tonris}:records:cut"}), last) << "who has not read that far has missed something";
}

}  // namespace
}  // namespace tonris::actors::test
