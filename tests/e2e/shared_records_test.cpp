// Records of ended calls where gateways share one Redis, by the real gateways: each answers for the calls of all, none
// is lost or doubled by a kill, and what is deleted at one is gone at every one and from Redis.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <thread>

#include "tests/e2e/asking.hpp"
#include "tests/e2e/text.hpp"
#include "tests/e2e/waiting.hpp"
#include "tests/e2e/world.hpp"
#include "tests/net/redis_server.hpp"

namespace tonris::e2e {
namespace {

using namespace std::chrono_literals;

class SharedRecordsOfCalls : public testing::Test {
 protected:
  struct node {
    world w{[](const std::string&, std::uint64_t) { return std::optional{quiet_agent()}; }};

    std::string ask(const std::string& method, const std::string& path, const std::string& body = {}) {
      return ask_api(w.gateway(), method, path, body);
    }
    std::string ready() { return http_get(w.gateway(), "/ready"); }
    /// A short call; its SID.
    std::string call() {
      auto options = w.caller();
      options.hang_up_after = 300ms;
      return w.call(options).call_sid;
    }
    [[nodiscard]] std::string database() {
      std::ostringstream all;
      for (const char* const end : {"", "-wal"})
        all << std::ifstream{w.gateway().data_dir() + "/tonris.db" + end, std::ios::binary}.rdbuf();
      return all.str();
    }
  };
  void start(node& which, const std::map<std::string, std::string>& more = {}) {
    std::map<std::string, std::string> settings{{"REDIS_URL", redis.url()}};
    settings.insert(more.begin(), more.end());
    which.w.start_gateway(one_tenant(), settings);
    EXPECT_TRUE(comes_to([&] { return has(which.ready(), R"({"status":"ready"})"); })) << which.ready();
  }
  static bool comes_to_list(node& at, const std::string& sid) {
    return comes_to([&] { return has(at.ask("GET", "/api/calls?live=false"), sid); });
  }
  std::string stream() { return redis.say({"XRANGE", "{tonris}:records", "-", "+"}); }

  net::test::redis_server redis;
  node one, two;
};

TEST_F(SharedRecordsOfCalls, AreFoundSummedAndExplainedAtEachNode) {
  start(one);
  start(two);
  const auto first = one.call(), second = two.call();
  for (auto* const at : {&one, &two}) {
    for (const auto& sid : {first, second}) {
      EXPECT_TRUE(comes_to_list(*at, sid));
      EXPECT_TRUE(has(at->ask("GET", "/api/calls/" + sid), R"("endReason":"caller_hung_up")"));
      EXPECT_TRUE(has(at->ask("GET", "/api/calls/" + sid + "/why"), sid));
      EXPECT_TRUE(has(at->ask("GET", "/api/calls/" + sid + "/timeline"), "stream_started"));
      EXPECT_TRUE(has(at->ask("GET", "/api/calls/export?format=csv"), sid));
    }
    EXPECT_EQ(count_of(at->ask("GET", "/api/calls?live=false"), R"("callSid":)"), 2u);
    const auto usage = at->ask("GET", "/api/usage?by=tenant");
    EXPECT_TRUE(has(usage, R"("tenantId":"salon-1","calls":2)")) << usage;
  }
  EXPECT_TRUE(has(two.ask("POST", "/api/calls/" + first + "/note", R"({"text":"Wants an invoice."})"), " 202 "));
  EXPECT_TRUE(comes_to([&] { return has(one.ask("GET", "/api/calls/" + first), "Wants an invoice."); }));
}

TEST_F(SharedRecordsOfCalls, AreNeitherLostNorDoubledByAKillBetweenTheStoreAndRedis) {
  start(one);
  start(two);
  const auto before = one.call();
  ASSERT_TRUE(comes_to_list(two, before));
  redis.pause();
  const auto sid = one.call();
  EXPECT_TRUE(one.w.gateway().metric_comes_to("tonris_records_waiting", 1));
  one.w.gateway().kill();
  redis.resume();
  std::this_thread::sleep_for(300ms);
  one.w.gateway().start_again();
  ASSERT_TRUE(one.w.gateway().wait_until_healthy());
  EXPECT_TRUE(comes_to_list(two, sid));
  EXPECT_TRUE(one.w.gateway().metric_comes_to("tonris_records_waiting", 0));
  EXPECT_EQ(count_of(stream(), "what record "), 2u);
  for (auto* const at : {&one, &two}) EXPECT_EQ(count_of(at->ask("GET", "/api/calls?live=false"), R"("callSid":)"), 2u);
}

TEST_F(SharedRecordsOfCalls, AreGoneAtEveryNodeAndFromRedisOnceOneDeletesThem) {
  start(one);
  start(two);
  const auto sid = one.call(), stays = one.call();
  ASSERT_TRUE(comes_to_list(two, sid) && comes_to_list(two, stays));
  const auto record = one.ask("GET", "/api/calls/" + sid);
  const auto conversation =
      record.substr(record.find("conv_"), record.find('"', record.find("conv_")) - record.find("conv_"));
  ASSERT_TRUE(has(stream(), conversation));
  ASSERT_TRUE(has(two.ask("DELETE", "/api/calls/" + sid), " 204 "));
  EXPECT_TRUE(comes_to([&] { return has(one.ask("GET", "/api/calls/" + sid), " 404 "); }));
  EXPECT_TRUE(has(two.ask("GET", "/api/calls/" + sid), " 404 "));
  EXPECT_FALSE(has(stream(), conversation));
  for (auto* const at : {&one, &two}) {
    EXPECT_TRUE(comes_to([&] { return !has(at->database(), conversation); })) << "and from the file";
    EXPECT_TRUE(has(at->ask("GET", "/api/calls/" + stays), " 200 "));
  }
  const auto number = two.ask("POST", "/api/forget", R"({"number":"+15550100001"})");
  EXPECT_TRUE(has(number, R"("forgotten":1)")) << number;
  EXPECT_TRUE(comes_to([&] { return has(one.ask("GET", "/api/calls/" + stays), " 404 "); }));
  EXPECT_FALSE(has(stream(), "+15550100001"));
}

TEST_F(SharedRecordsOfCalls, AllComeToANewGatewayThoughTheStreamHasNoneAndTheDeletedDoNot) {
  start(one);
  const auto deleted = one.call(), sid = one.call();
  ASSERT_TRUE(comes_to_list(one, deleted) && comes_to_list(one, sid));
  ASSERT_TRUE(has(one.ask("DELETE", "/api/calls/" + deleted), " 204 "));
  ASSERT_TRUE(one.w.gateway().metric_comes_to("tonris_records_waiting", 0));
  redis.say({"XTRIM", "{tonris}:records", "MAXLEN", "0"});
  start(two);
  EXPECT_TRUE(comes_to_list(two, sid));
  EXPECT_TRUE(has(two.ask("GET", "/api/calls/" + sid + "/timeline"), "stream_started"));
  EXPECT_TRUE(has(two.ask("GET", "/api/calls/" + deleted), " 404 "));
  const auto record = two.ask("GET", "/api/calls/" + sid);
  const auto at = record.find(R"("node":")") + 8;
  const auto host = record.substr(at, record.find('"', at) - at);
  EXPECT_TRUE(has(two.ask("GET", "/api/calls?node=" + host), sid)) << record;
  EXPECT_FALSE(has(two.ask("GET", "/api/calls?node=another"), sid));
}

TEST_F(SharedRecordsOfCalls, LieSealedInRedisWhereThereIsAKey) {
  const std::map<std::string, std::string> key{{"SECRETS_KEY", "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}};
  start(one, key);
  start(two, key);
  const auto sid = one.call();
  EXPECT_TRUE(comes_to_list(two, sid));
  EXPECT_TRUE(has(stream(), sid));
  EXPECT_FALSE(has(stream(), "conv_"));
  EXPECT_FALSE(has(stream(), "+15550100001"));
}

}  // namespace
}  // namespace tonris::e2e
