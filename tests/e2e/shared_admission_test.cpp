// Who may come in where gateways share their limits in one Redis, by the real gateways: exactly as many as the tenant
// may have, whatever Redis, the way to it, or a gateway does.
#include <gtest/gtest.h>

#include <memory>
#include <thread>
#include <vector>

#include "tests/e2e/asking.hpp"
#include "tests/e2e/exact_call.hpp"
#include "tests/e2e/waiting.hpp"
#include "tests/e2e/webhooks_at_once.hpp"
#include "tests/net/lossy_proxy.hpp"
#include "tests/net/redis_server.hpp"

namespace tonris::e2e {
namespace {

using namespace std::chrono_literals;

const std::string ten_calls = R"("limits":{"maxConcurrentCalls":10})";
const std::string by_policy = R"(tonris_admissions_total{how="policy"})";

class SharedAdmission : public testing::Test {
 protected:
  struct node {
    world w{[](const std::string&, std::uint64_t) { return std::optional{exact_agent()}; }};
  };
  gateway_process& start(node& which, const std::string& url) {
    say_ids(which.w);
    auto& gateway = which.w.start_gateway(one_tenant(ten_calls), {{"REDIS_URL", url}});
    EXPECT_TRUE(comes_to([&] { return is_ready(gateway); })) << ready(gateway);
    return gateway;
  }
  static bool is_ready(const gateway_process& gateway) { return has(ready(gateway), R"({"status":"ready"})"); }
  static std::string ready(const gateway_process& gateway) { return http_get(gateway, "/ready"); }
  int counted_calls() { return std::stoi(redis.say({"ZCARD", "{tonris}:c:salon-1"})); }

  /// Calls that talk for so long, each way checked byte by byte.
  std::vector<std::unique_ptr<exact_call>> talk(node& at, std::uint32_t calls, std::chrono::seconds how_long) {
    std::vector<std::unique_ptr<exact_call>> live;
    for (std::uint32_t n = 1; n <= calls; ++n) {
      auto& call = *live.emplace_back(std::make_unique<exact_call>(n, static_cast<std::uint64_t>(how_long / 20ms)));
      auto options = options_of(at.w, call);
      options.hang_up_after_last_word = 500ms;
      call.report = at.w.place(options, call.says, call.hears);
    }
    EXPECT_TRUE(at.w.wait_until([&] { return at.w.vendor().live().size() == calls; }, 10s));
    return live;
  }
  /// None of them has noticed anything, and their places are free again.
  void expect_exact_and_over(node& at, const std::vector<std::unique_ptr<exact_call>>& live) {
    for (const auto& call : live) expect_exact(at.w, *call);
    for (const auto& call : live) EXPECT_EQ(at.w.conversations(sid_of(call->id)).size(), 1u);
    EXPECT_TRUE(comes_to([&] { return counted_calls() == 0; }, 40s)) << counted_calls() << " are still counted";
  }

  net::test::redis_server redis;
  node one, two;
};

TEST_F(SharedAdmission, TakesExactlyTenOfTwoHundredThatAskOneGatewayAtOnce) {
  auto& gateway = start(one, redis.url());
  EXPECT_EQ(streams_of(gateway, 1, 200), 10);
  EXPECT_EQ(streams_of(gateway, 1, 200), 10) << "Twilio's retries";
  EXPECT_EQ(counted_calls(), 10);
  EXPECT_EQ(gateway.metric(by_policy), 0);
}

TEST_F(SharedAdmission, TakesExactlyTenOfTwoHundredThatAskTwoGatewaysAtOnce) {
  auto& first = start(one, redis.url());
  auto& second = start(two, redis.url());
  EXPECT_EQ(streams_of({&first, &second}, 1, 200), 10);
  EXPECT_EQ(first.metric("tonris_calls_live") + second.metric("tonris_calls_live"), 10);
  EXPECT_EQ(counted_calls(), 10);
}

TEST_F(SharedAdmission, CountsACallOnceThatTwilioBringsToAnotherGateway) {
  auto& first = start(one, redis.url());
  auto& second = start(two, redis.url());
  EXPECT_TRUE(has(voice_webhook(first, 1), "<Stream"));
  EXPECT_TRUE(has(voice_webhook(second, 1), "<Stream"));
  EXPECT_EQ(counted_calls(), 1);
  EXPECT_EQ(streams_of({&first, &second}, 100, 50), 9);
}

TEST_F(SharedAdmission, TakesNoCallForLostThatAnotherGatewayHas) {
  const auto next = [](const gateway_process& gateway, const std::string& query = {}) {
    return signed_webhook(gateway, "/api/webhooks/twilio/connect-action" + query, 1, "+15550100002", "in-progress");
  };
  auto& first = start(one, redis.url());
  auto& second = start(two, redis.url());
  const auto live = talk(one, 1, 12s);
  EXPECT_TRUE(has(next(second), "connect-action?redirects=1#"));
  EXPECT_TRUE(has(next(second, "?redirects=2"), "<Say"));
  expect_exact_and_over(one, live);
  EXPECT_TRUE(comes_to([&] { return has(two.w.record(sid_of(1)), R"("endReason")"); })) << "the first one's, by Redis";
  EXPECT_FALSE(has(two.w.record(sid_of(1)), "node_lost")) << two.w.record(sid_of(1));
  EXPECT_EQ(second.metric(R"(tonris_calls_refused_total{by="gateway",reason="node_lost"})"), 0);
  EXPECT_EQ(first.metric(R"(tonris_calls_ended_total{by="caller",reason="caller_hung_up"})"), 1);
}

TEST_F(SharedAdmission, TakesExactlyTenWhileHalfOfTheAnswersAreLost) {
  net::test::lossy_proxy proxy{redis.port()};
  auto& gateway = start(one, proxy.url());
  // Whoever looks the tenant up first may lose that answer, and all who wait for it are refused with him, for good.
  EXPECT_EQ(streams_of(gateway, 1, 1), 1);
  proxy.lose_every(2);
  (void)streams_of(gateway, 1, 200);
  EXPECT_GT(proxy.lost(), 0u);
  proxy.lose_every(0);
  // Also the tenants' connection may have lost an answer, and is made anew.
  EXPECT_TRUE(comes_to([&] { return is_ready(gateway); })) << ready(gateway);
  (void)streams_of(gateway, 1, 200);  // Twilio's retries
  EXPECT_EQ(gateway.metric("tonris_calls_live"), 10);
  EXPECT_TRUE(comes_to([&] { return counted_calls() == 10; })) << counted_calls();
}

TEST_F(SharedAdmission, FreesThePlacesOfAGatewayThatIsKilledWithinALease) {
  auto& first = start(one, redis.url());
  auto& second = start(two, redis.url());
  const auto live = talk(one, 4, 30s);
  EXPECT_EQ(streams_of(second, 100, 20), 6);
  second.kill();
  const auto killed = std::chrono::steady_clock::now();
  EXPECT_EQ(streams_of(first, 200, 5), 0) << "they are still held";
  int in = 0;
  EXPECT_TRUE(comes_to([&, next = 300]() mutable { return (in += streams_of(first, next++, 1)) == 6; }, 25s)) << in;
  EXPECT_LT(std::chrono::steady_clock::now() - killed, 22s);
  EXPECT_EQ(streams_of(first, 400, 20), 0) << "and then exactly ten again";
  expect_exact_and_over(one, live);
}

TEST_F(SharedAdmission, HoldsThePlacesOfCallsThatWaitForTheirCallersAfterARestart) {
  auto& gateway = start(one, redis.url());
  EXPECT_EQ(streams_of(gateway, 1, 7), 7);
  std::this_thread::sleep_for(1500ms);  // the store has them
  gateway.kill();
  gateway.start_again();
  EXPECT_TRUE(comes_to([&] { return is_ready(gateway); })) << ready(gateway);
  EXPECT_EQ(streams_of(gateway, 100, 50), 3);
  EXPECT_EQ(gateway.metric(by_policy), 0);
}

TEST_F(SharedAdmission, LosesNoPlaceAndDisturbsNoCallWhenRedisIsKilledInTheMiddle) {
  auto& gateway = start(one, redis.url());
  const auto live = talk(one, 5, 15s);
  ASSERT_EQ(counted_calls(), 5);
  redis.stop();
  EXPECT_EQ(streams_of(gateway, 100, 20), 5) << "by what this node knows";
  redis.start();
  EXPECT_TRUE(comes_to([&] { return counted_calls() == 10; })) << counted_calls();
  EXPECT_EQ(streams_of(gateway, 200, 20), 0);
  expect_exact_and_over(one, live);
}

TEST_F(SharedAdmission, LosesNoPlaceAndDisturbsNoCallWhenRedisIsStoppedForTenSeconds) {
  auto& gateway = start(one, redis.url());
  const auto live = talk(one, 5, 15s);
  redis.pause();
  EXPECT_EQ(streams_of(gateway, 100, 20), 5) << "by what this node knows";
  std::this_thread::sleep_for(10s);
  redis.resume();
  EXPECT_TRUE(comes_to([&] { return is_ready(gateway); }));
  EXPECT_EQ(counted_calls(), 10);
  EXPECT_EQ(streams_of(gateway, 200, 20), 0);
  expect_exact_and_over(one, live);
}

TEST_F(SharedAdmission, LosesNoPlaceAndDisturbsNoCallWhenRedisIsSlow) {
  net::test::lossy_proxy proxy{redis.port()};
  auto& gateway = start(one, proxy.url());
  const auto live = talk(one, 5, 6s);
  proxy.hold_up(50ms);
  EXPECT_EQ(streams_of(gateway, 100, 20), 5);
  EXPECT_EQ(gateway.metric(by_policy), 0) << "it is asked all the same";
  EXPECT_EQ(counted_calls(), 10);
  expect_exact_and_over(one, live);
}

}  // namespace
}  // namespace tonris::e2e
