// Two gateways that share their tenants in one Redis, and what becomes of them when it fails.
#include <gtest/gtest.h>

#include "model/twilio/signature.hpp"
#include "tests/e2e/asking.hpp"
#include "tests/e2e/shell.hpp"
#include "tests/e2e/text.hpp"
#include "tests/e2e/waiting.hpp"
#include "tests/e2e/world.hpp"
#include "tests/net/redis_server.hpp"
#include "tests/places.hpp"
#include "tools/sim/wire/webhook_poster.hpp"

namespace tonris::e2e {
namespace {

using namespace std::chrono_literals;

class SharedTenants : public testing::Test {
 protected:
  /// Each node is a world of its own, with its vendor and its callers.
  struct node {
    world w{[](const std::string&, std::uint64_t) { return std::optional{quiet_agent()}; }};

    std::string ask(const std::string& method, const std::string& path, const std::string& body = {}) {
      return ask_api(w.gateway(), method, path, body);
    }
    /// As a tenant, by his key.
    std::string ask_with(const std::string& key, const std::string& path) {
      return ask_api(w.gateway(), "GET", path, {}, key);
    }
    std::string ready() { return http_get(w.gateway(), "/ready"); }
    std::string health() { return http_get(w.gateway(), "/health"); }
    /// What Twilio is told of a call to that number.
    std::string voice(const std::string& number, const std::string& account = account_sid,
                      const std::string& token = auth_token) {
      const auto& gateway = w.gateway();
      const std::string path = "/api/webhooks/twilio/elevenlabs";
      const sim::form_fields fields{{"CallSid", "CA000000000000000000000000000000aa"},
                                    {"AccountSid", account},
                                    {"From", "+15550100001"},
                                    {"To", number},
                                    {"CallStatus", "ringing"},
                                    {"Direction", "inbound"}};
      const auto signature = model::twilio::signature(token, gateway.origin() + path, {fields.begin(), fields.end()});
      const auto body = sim::form_encoded(fields);
      return raw_exchange(gateway.port(),
                          "POST " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" +
                              "Content-Type: application/x-www-form-urlencoded\r\nX-Twilio-Signature: " + signature +
                              "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    }
    /// Calls that number: who answered; "" for nobody.
    std::string call(const std::string& number) {
      auto options = w.caller();
      options.to = number;
      options.hang_up_after = 300ms;
      const auto report = w.call(options);
      const auto answered = w.conversations(report.call_sid);
      return answered.empty() ? "" : answered.front().facts.agent_id;
    }
  };
  void start(node& which, const std::string& tenants = "[]") {
    which.w.start_gateway(
        tenants, {{"REDIS_URL", redis.url()}, {"SECRETS_KEY", "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}});
  }
  static std::string salon(const std::string& id, const std::string& number, const std::string& agent) {
    return R"({"id":")" + id + R"(","name":"Salon","twilioPhoneNumber":")" + number +
           R"(","settings":{"elevenLabsAgentId":")" + agent + R"("}})";
  }

  net::test::redis_server redis;
  node one, two;
};

TEST_F(SharedTenants, AreSignedUpAtOneNodeAndServedByTheNextCallAtTheOther) {
  start(one);
  start(two);
  ASSERT_TRUE(has(one.ask("POST", "/api/tenants", salon("a", "+15550100042", "agent_one")), " 201 "));
  EXPECT_EQ(two.call("+15550100042"), "agent_one");
  ASSERT_TRUE(has(two.ask("PATCH", "/api/tenants/a", R"({"settings":{"elevenLabsAgentId":"agent_two"}})"), " 200 "));
  EXPECT_EQ(one.call("+15550100042"), "agent_two");
  EXPECT_TRUE(comes_to([&] { return two.call("+15550100042") == "agent_two"; }));
  ASSERT_TRUE(has(one.ask("DELETE", "/api/tenants/a"), " 204 "));
  EXPECT_TRUE(comes_to([&] { return two.call("+15550100042").empty(); }));
}

TEST_F(SharedTenants, AreChangedByTonrisctlWithoutAGatewayWhileGatewaysRun) {
  start(one);
  const auto ctl = [&](const std::string& command) {
    return shell("REDIS_URL=" + redis.url() + " " + test::programs() + "/tonrisctl tenant " + command + " --redis");
  };
  const auto made = shell("printf '%s' '" + salon("a", "+15550100042", "agent_one") + "' | REDIS_URL=" + redis.url() +
                          " " + test::programs() + "/tonrisctl tenant create --redis");
  ASSERT_EQ(made.status, 0) << made.said;
  EXPECT_TRUE(comes_to([&] { return one.call("+15550100042") == "agent_one"; }));
  EXPECT_EQ(ctl("delete a").status, 0);
  EXPECT_TRUE(comes_to([&] { return one.call("+15550100042").empty(); }));
}

TEST_F(SharedTenants, AreServedWhereTheyAreKnownWhileRedisIsAway) {
  start(one);
  ASSERT_TRUE(has(one.ask("POST", "/api/tenants", salon("a", "+15550100042", "agent_one")), " 201 "));
  EXPECT_EQ(one.call("+15550100042"), "agent_one");
  redis.stop();
  ASSERT_TRUE(comes_to([&] { return has(one.ready(), "degraded"); })) << one.ready();
  EXPECT_TRUE(has(one.ready(), "HTTP/1.1 200")) << "a balancer must not take every node out at once";
  EXPECT_TRUE(has(one.health(), "HTTP/1.1 200"));
  EXPECT_EQ(one.call("+15550100042"), "agent_one");
  EXPECT_TRUE(has(one.ask("POST", "/api/tenants", salon("b", "+15550100043", "agent_two")), " 503 "));
}

TEST_F(SharedTenants, AreNotBelievedToBeGoneByARedisThatComesBackEmpty) {
  start(one);
  ASSERT_TRUE(has(one.ask("POST", "/api/tenants", salon("a", "+15550100042", "agent_one")), " 201 "));
  EXPECT_EQ(one.call("+15550100042"), "agent_one");
  redis.restart();
  ASSERT_TRUE(comes_to([&] { return has(one.ready(), "lost its tenants"); })) << one.ready();
  EXPECT_EQ(one.call("+15550100042"), "agent_one");
  ASSERT_TRUE(has(one.ask("POST", "/api/tenant-store/restore"), R"({"restored":1,"there":0,"refused":0})"));
  EXPECT_TRUE(has(one.ready(), "lost its tenants")) << "until somebody says that these are all";
  ASSERT_TRUE(has(one.ask("POST", "/api/tenant-store/whole"), " 204 "));
  EXPECT_TRUE(comes_to([&] { return has(one.ready(), R"({"status":"ready"})"); })) << one.ready();
  start(two);
  EXPECT_EQ(two.call("+15550100042"), "agent_one") << "it is in Redis again";
}

TEST_F(SharedTenants, AreServedFromItsCopyByANodeThatStartsWhileRedisIsAway) {
  start(one);
  ASSERT_TRUE(has(one.ask("POST", "/api/tenants", salon("a", "+15550100042", "agent_one")), " 201 "));
  EXPECT_EQ(one.call("+15550100042"), "agent_one");
  ASSERT_TRUE(one.w.gateway().metric_comes_to(R"(tonris_tenant_copies_total{outcome="kept"})", 1));
  one.w.gateway().kill();
  redis.stop();
  one.w.gateway().start_again();
  ASSERT_TRUE(one.w.gateway().wait_until_healthy());
  EXPECT_TRUE(has(one.ready(), "degraded")) << one.ready();
  EXPECT_EQ(one.call("+15550100042"), "agent_one");
  const auto twiml = one.voice("+15550100043");
  EXPECT_FALSE(has(twiml, "<Stream")) << twiml;
  EXPECT_FALSE(has(twiml, "not in service")) << "nobody knows that: " << twiml;
}

TEST_F(SharedTenants, WithAccountsOfTheirOwnAreServedFromItsCopyToo) {
  const std::string account = "AC00000000000000000000000000000042", token = "fedcba9876543210fedcba9876543210";
  start(one);
  auto document = salon("own", "+15550100045", "agent_one");
  document.insert(document.size() - 1,
                  R"(,"secrets":{"twilio":{"accountSid":")" + account + R"(","authTokens":[")" + token + R"("]}})");
  ASSERT_TRUE(has(one.ask("POST", "/api/tenants", document), " 201 "));
  ASSERT_TRUE(comes_to([&] { return has(one.voice("+15550100045", account, token), "<Stream"); }));
  ASSERT_TRUE(one.w.gateway().metric_comes_to(R"(tonris_tenant_copies_total{outcome="kept"})", 1));
  one.w.gateway().kill();
  redis.stop();
  one.w.gateway().start_again();
  ASSERT_TRUE(one.w.gateway().wait_until_healthy());
  EXPECT_FALSE(has(one.voice("+15550100045", account, token), " 403 ")) << "its first webhook";
  EXPECT_TRUE(has(one.voice("+15550100045", account, "another token"), " 403 "));
}

TEST_F(SharedTenants, AreServedByANodeThatStartsWhileRedisIsAwayOnceItIsBack) {
  redis.stop();
  start(one, "[" + salon("of-the-file", "+15550100044", "agent_file") + "]");
  EXPECT_TRUE(has(one.ready(), "degraded")) << one.ready();
  redis.start();
  ASSERT_TRUE(comes_to([&] { return has(one.ready(), R"({"status":"ready"})"); })) << one.ready();
  ASSERT_TRUE(has(one.ask("POST", "/api/tenants", salon("a", "+15550100042", "agent_one")), " 201 "));
  EXPECT_EQ(one.call("+15550100042"), "agent_one");
}

TEST_F(SharedTenants, OpenEachNodeWithAKeyThatWasMadeAtOneUntilItIsRevokedAtAny) {
  start(one);
  start(two);
  ASSERT_TRUE(has(one.ask("POST", "/api/tenants", salon("a", "+15550100042", "agent_one")), " 201 "));
  const auto made = one.ask("POST", "/api/tenants/a/keys", R"({"name":"CRM","scopes":["read"]})");
  ASSERT_TRUE(has(made, " 201 ")) << made;
  const auto key = made.substr(made.find("tnr_"), made.find('"', made.find("tnr_")) - made.find("tnr_"));
  EXPECT_TRUE(has(two.ask_with(key, "/api/tenants/a"), " 200 "));
  redis.pause();
  std::this_thread::sleep_for(600ms);
  EXPECT_TRUE(has(two.ask_with(key, "/api/tenants/a"), " 503 ")) << "it may have been revoked";
  redis.resume();
  EXPECT_TRUE(comes_to([&] { return has(two.ask_with(key, "/api/tenants/a"), " 200 "); }));
  const auto id = key.substr(4, 12);
  ASSERT_TRUE(comes_to([&] { return has(two.ask("DELETE", "/api/tenants/a/keys/" + id), " 204 "); }));
  EXPECT_TRUE(has(two.ask_with(key, "/api/tenants/a"), " 401 "));
  std::this_thread::sleep_for(1s);
  EXPECT_TRUE(has(one.ask_with(key, "/api/tenants/a"), " 401 "));
  EXPECT_TRUE(has(one.ask("GET", "/api/audit"), "key.revoke")) << "each node tells what was done at another";
}

TEST_F(SharedTenants, DoNotHoldUpALiveCallWhenRedisIsStoppedUnderIt) {
  start(one);
  ASSERT_TRUE(has(one.ask("POST", "/api/tenants", salon("a", "+15550100042", "agent_one")), " 201 "));
  auto options = one.w.caller();
  options.to = "+15550100042";
  options.hang_up_after = 6s;
  silent says(400);
  listener hears;
  auto live = one.w.place(options, says, hears);
  ASSERT_TRUE(one.w.wait_until([&] { return one.w.vendor().live().size() == 1; }, 10s));
  redis.pause();
  std::this_thread::sleep_for(4s);
  redis.resume();
  const auto report = live.get();
  EXPECT_TRUE(report.violations.empty());
  EXPECT_EQ(report.streams.size(), 1u);
}

}  // namespace
}  // namespace tonris::e2e
