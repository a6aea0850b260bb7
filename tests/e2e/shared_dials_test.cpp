// Placed calls where gateways share one Redis, by the real gateways: one places, whichever Twilio asks serves, and caps
// and repeated requests count at all of them.
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <string>

#include "tests/e2e/shell.hpp"
#include "tests/e2e/text.hpp"
#include "tests/e2e/waiting.hpp"
#include "tests/e2e/world.hpp"
#include "tests/net/redis_server.hpp"

namespace tonris::e2e {
namespace {

using namespace std::chrono_literals;

const std::string callee = "+15550109999";

class SharedDials : public testing::Test {
 protected:
  struct node {
    world w{[](const std::string&, std::uint64_t) { return std::optional{quiet_agent()}; }};

    /// The answer's body, and its status in a line of its own.
    std::string place(const std::string& more = {}, const std::string& to = callee) {
      return shell("curl -s -w '\n%{http_code}\n' -H 'Authorization: Bearer " + admin_token + "' -d '" +
                   R"({"tenantId":"salon-1","to":")" + to + "\"" + more + "}' " + w.gateway().origin() + "/api/calls")
          .said;
    }
    std::string ask(const std::string& path) {
      return shell("curl -s -H 'Authorization: Bearer " + admin_token + "' '" + w.gateway().origin() + path + "'").said;
    }
    std::string ready() { return shell("curl -s " + w.gateway().origin() + "/ready").said; }
  };
  void start(node& which, const std::map<std::string, std::string>& more = {}, const std::string& rules = {}) {
    std::map<std::string, std::string> settings{{"REDIS_URL", redis.url()}};
    settings.insert(more.begin(), more.end());
    which.w.start_gateway(one_tenant(R"("outbound":{"enabled":true,"allowed":["+1"])" + rules + "}"), settings);
    EXPECT_TRUE(comes_to([&] { return has(which.ready(), R"({"status":"ready"})"); })) << which.ready();
  }
  /// Whoever `one` calls picks up after a while, says that, and hangs up.
  void talks(identified_frames& says, std::chrono::milliseconds rings) {
    sim::pick_up how;
    how.rings = rings;
    how.source = &says;
    how.as = [](sim::caller_options& caller) { caller.hang_up_after_last_word = 300ms; };
    one.w.phone = [how](const sim::call_order&) { return how; };
  }
  /// The one call that was placed at `which`.
  static std::string sid(node& which) {
    return which.w.on_loop([&] { return which.w.phones().all().at(0).sid; });
  }
  static bool is_over(node& which) {
    return which.w.wait_until([&] { return !which.w.phones().all().empty() && which.w.phones().all().front().is_over; },
                              10s);
  }

  net::test::redis_server redis;
  node one, two;
};

TEST_F(SharedDials, ServeACallAtTheGatewayThatTwilioAsks) {
  identified_frames says{7, 60};
  talks(says, 500ms);
  start(two);
  start(one, {{"APP_BASE_URL", two.w.gateway().origin()}});  // the balancer between them has chosen
  const std::string wanted = R"(,"id":"a","variables":{"appointment":"Tuesday at ten"})";
  EXPECT_TRUE(has(one.place(wanted), "\n201\n"));
  const auto call = sid(one);
  ASSERT_TRUE(is_over(one));
  const auto record = two.w.record(call);
  EXPECT_TRUE(has(record, R"("endReason":"caller_hung_up")") && has(record, R"("direction":"outbound-api")")) << record;
  EXPECT_TRUE(has(record, R"("twilio":{"status":"completed")") && has(record, R"("source":"callback")")) << record;
  const auto conversations = two.w.conversations(call);
  ASSERT_EQ(conversations.size(), 1u);
  EXPECT_TRUE(has(conversations[0].initiation, R"("appointment":"Tuesday at ten")")) << conversations[0].initiation;
  EXPECT_GT(frames_found(7, 60, two.w.heard_by_agent(call)), 40u);
  EXPECT_TRUE(comes_to([&] { return !has(one.ask("/api/calls?live=true"), call); })) << "it rings there no more";
  EXPECT_TRUE(comes_to([&] { return has(one.ask("/api/calls/" + call), R"("endReason":"caller_hung_up")"); }));
  for (auto* const at : {&one, &two}) {
    const auto again = at->place(wanted);
    EXPECT_TRUE(has(again, "\n200\n") && has(again, call)) << again;
    EXPECT_TRUE(has(at->place(R"(,"id":"a")"), "\n409\n")) << "asked for otherwise";
    EXPECT_EQ(count_of(at->ask("/api/calls?live=false"), R"("callSid":)"), 1u);
  }
  EXPECT_EQ(one.w.on_loop([&] { return one.w.phones().all().size(); }), 1u) << "nobody was called twice";
  EXPECT_EQ(two.w.on_loop([&] { return two.w.phones().all().size(); }), 0u);
}

TEST_F(SharedDials, RecordACallThatNobodyTookOnce) {
  sim::pick_up how;
  how.what = sim::pick_up::kind::busy;
  one.w.phone = [how](const sim::call_order&) { return how; };
  start(two);
  start(one, {{"APP_BASE_URL", two.w.gateway().origin()}});
  EXPECT_TRUE(has(one.place(), "\n201\n"));
  const auto call = sid(one);
  ASSERT_TRUE(is_over(one));
  EXPECT_TRUE(has(two.w.record(call), R"("endReason":"callee_busy")"));
  EXPECT_TRUE(comes_to([&] { return !has(one.ask("/api/calls?live=true"), call); }));
  EXPECT_TRUE(comes_to([&] { return has(one.ask("/api/calls/" + call), R"("endReason":"callee_busy")"); }));
  for (auto* const at : {&one, &two}) EXPECT_EQ(count_of(at->ask("/api/calls?live=false"), R"("callSid":)"), 1u);
}

TEST_F(SharedDials, CountATenantsAttemptsOverAllGateways) {
  start(one, {}, R"(,"perMinute":2)");
  start(two, {}, R"(,"perMinute":2)");
  EXPECT_TRUE(has(one.place(), "\n201\n"));
  EXPECT_TRUE(has(two.place("", "+15550109998"), "\n201\n"));
  for (auto* const at : {&one, &two}) {
    const auto more = at->place("", "+15550109997");
    EXPECT_TRUE(has(more, "\n429\n") && has(more, "too_many_calls")) << more;
  }
}

TEST_F(SharedDials, ServeWhatRingsAndCallNobodyElseWhileRedisIsAway) {
  identified_frames says{7, 60};
  talks(says, 2s);
  start(one);
  EXPECT_TRUE(has(one.place(R"(,"id":"a")"), "\n201\n"));
  redis.stop();
  const auto refused = one.place("", "+15550109998");
  EXPECT_TRUE(has(refused, "\n503\n") && has(refused, "Redis")) << refused;
  EXPECT_TRUE(has(one.place(R"(,"id":"a")"), "\n200\n")) << "its own it knows";
  ASSERT_TRUE(is_over(one));
  EXPECT_TRUE(has(one.w.record(sid(one)), R"("endReason":"caller_hung_up")"));
  EXPECT_GT(frames_found(7, 60, one.w.heard_by_agent(sid(one))), 40u);
}

}  // namespace
}  // namespace tonris::e2e
