// Calls that the gateway places, by the real binary: Twilio's REST API, the phones that ring and the callbacks are the
// simulator's.
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <map>
#include <string>
#include <thread>

#include "tests/e2e/shell.hpp"
#include "tests/e2e/text.hpp"
#include "tests/e2e/world.hpp"
#include "tests/places.hpp"

namespace tonris::e2e {
namespace {

using namespace std::chrono_literals;

const std::string callee = "+15550109999";

class Outbound : public testing::Test {
 protected:
  void start(const std::string& more = {}, const surroundings& around = {},
             const std::map<std::string, std::string>& settings = {}) {
    w.start_gateway(one_tenant(R"("outbound":{"enabled":true,"allowed":["+1"])" + more + "}"), settings, around);
  }
  void phones(sim::pick_up how) {
    w.phone = [how](const sim::call_order&) { return how; };
  }
  /// The answer's body, and its status in a line of its own.
  std::string place(const std::string& more = {}) {
    return shell("curl -s -w '\n%{http_code}\n' -H 'Authorization: Bearer " + admin_token + "' -d '" +
                 R"({"tenantId":"salon-1","to":")" + callee + "\"" + more + "}' " + w.gateway().origin() + "/api/calls")
        .said;
  }
  std::vector<sim::placed_calls::placed> placed() {
    return w.on_loop([&] { return w.phones().all(); });
  }
  std::string sid() { return placed().at(0).sid; }
  [[nodiscard]] bool is_over() {
    return w.wait_until([&] { return !w.phones().all().empty() && w.phones().all().front().is_over; }, 10s);
  }
  std::string violations() {
    return w.on_loop([&] {
      auto all = violations_of(w.phones().violations().all()) + violations_of(w.twilio().violations().all());
      for (const auto& one : w.phones().all()) all += violations_of(one.report.violations.all());
      return all;
    });
  }
  std::string listed(bool live) {
    return shell("curl -s -H 'Authorization: Bearer " + admin_token + "' '" + w.gateway().origin() +
                 "/api/calls?live=" + (live ? "true" : "false") + "&tenant=salon-1'")
        .said;
  }
  /// How many records there are of calls to that number.
  std::size_t records() {
    const auto said = listed(false);
    std::size_t count = 0;
    for (auto at = said.find("\"callSid\""); at != std::string::npos; at = said.find("\"callSid\"", at + 1)) ++count;
    return count;
  }

  world w{[](const std::string&, std::uint64_t) { return std::optional{quiet_agent()}; }};
};

TEST_F(Outbound, SomebodyAnswersAndTalksWithTheAgent) {
  identified_frames says{7, 60};
  sim::pick_up how;
  how.source = &says;
  how.as = [](sim::caller_options& caller) { caller.hang_up_after_last_word = 300ms; };
  phones(how);
  start({}, {}, {{"PRICE_FIRST_ASK", "1"}});
  const auto said = place(R"(,"variables":{"appointment":"Tuesday at ten"})");
  EXPECT_TRUE(has(said, "\n201\n")) << said;
  EXPECT_TRUE(has(said, sid())) << said;
  ASSERT_TRUE(is_over());
  const auto record = w.record(sid());
  EXPECT_TRUE(has(record, R"("direction":"outbound-api")") && has(record, R"("endReason":"caller_hung_up")")) << record;
  EXPECT_TRUE(has(record, R"("from":"+15550100002","to":")" + callee)) << record;
  EXPECT_TRUE(has(record, R"("answeredAt")")) << record;
  const auto in_the_end = w.record(sid(), R"("source":"vendor")");
  EXPECT_TRUE(has(in_the_end, R"("twilio":{"status":"completed")") && has(in_the_end, R"("source":"callback")"))
      << in_the_end;
  EXPECT_TRUE(has(in_the_end, R"("sequence":3)")) << in_the_end;
  EXPECT_TRUE(has(in_the_end, R"("twilio":{"amount":)") && has(in_the_end, R"("final":true,"source":"vendor")"))
      << in_the_end;
  const auto conversations = w.conversations(sid());
  ASSERT_EQ(conversations.size(), 1u);
  EXPECT_TRUE(has(conversations[0].initiation, R"("appointment":"Tuesday at ten")")) << conversations[0].initiation;
  EXPECT_GT(frames_found(7, 60, w.heard_by_agent(sid())), 40u);
  EXPECT_EQ(violations(), "");
  EXPECT_FALSE(has(w.gateway().log(), callee)) << "no log has the whole number of somebody else";
  EXPECT_EQ(records(), 1u);
}

TEST_F(Outbound, NobodyAnswersAndCallbacksComeTwiceAndTheLastOneFirst) {
  sim::pick_up how;
  how.what = sim::pick_up::kind::no_answer;
  how.callbacks = {0ms, 2, true};
  phones(how);
  start();
  EXPECT_TRUE(has(place(), "\n201\n"));
  ASSERT_TRUE(is_over());
  const auto record = w.record(sid());
  EXPECT_TRUE(has(record, R"("endReason":"callee_no_answer")") && has(record, R"("endDetail":"SIP 487")")) << record;
  EXPECT_TRUE(has(record, R"("twilio":{"status":"no-answer","durationSeconds":0)")) << record;
  EXPECT_TRUE(has(record, R"("source":"callback")")) << "Twilio was not asked for it: " << record;
  EXPECT_FALSE(has(record, "answeredAt")) << record;
  EXPECT_EQ(records(), 1u);
  EXPECT_EQ(violations(), "");
}

TEST_F(Outbound, AMachineAnswersAndIsHungUp) {
  sim::pick_up how;
  how.answered_by = "machine_start";
  how.heard_after = 1s;
  phones(how);
  start(R"(,"machine":"hang-up")");
  EXPECT_TRUE(has(place(), "\n201\n"));
  ASSERT_TRUE(is_over());
  const auto record = w.record(sid());
  EXPECT_TRUE(has(record, R"("endReason":"machine_answered")")) << record;
  EXPECT_TRUE(has(record, R"("answeredBy":{"who":"machine","source":"callback")")) << record;
  EXPECT_TRUE(has(record, R"("answeredAt")")) << "the conversation had begun: nobody waits for the verdict";
  EXPECT_EQ(violations(), "");
}

TEST_F(Outbound, AnAnswerOfTwiliosIsLostAndTheCallIsFound) {
  sim::pick_up how;
  how.rings = 20s;
  phones(how);
  start();
  w.on_loop([&] { w.twilio().fail_orders({{true, 0}, {false, 500}}); });
  const auto lost = place(R"(,"id":"a")");
  EXPECT_TRUE(has(lost, "\n201\n") && has(lost, sid())) << lost;
  const auto again = place(R"(,"id":"a")");
  EXPECT_TRUE(has(again, "\n200\n") && has(again, sid())) << again;
  EXPECT_EQ(placed().size(), 1u) << "one call, whatever was asked";
  const auto unknown = place(R"(,"id":"c")");
  EXPECT_TRUE(has(unknown, "\n504\n") && has(unknown, "call_unknown")) << unknown;
  EXPECT_TRUE(has(place(R"(,"id":"c")"), "\n504\n"));
  EXPECT_EQ(placed().size(), 1u) << "it is not placed by itself";
}

TEST_F(Outbound, QuietHoursAndCapsHold) {
  sim::pick_up how;
  how.what = sim::pick_up::kind::busy;
  phones(how);
  start(R"(,"perMinute":1)");
  EXPECT_TRUE(has(place(), "\n201\n"));
  const auto more = place();
  EXPECT_TRUE(has(more, "\n429\n") && has(more, "too_many_calls")) << more;
  ASSERT_TRUE(is_over());
  EXPECT_TRUE(has(w.record(sid()), R"("endReason":"callee_busy")"));
  const auto changed =
      shell("curl -s -o /dev/null -w '%{http_code}' -X PATCH -H 'Authorization: Bearer " + admin_token +
            R"(' -d '{"settings":{"outbound":{"quietHours":{"from":"00:00","to":"24:00"}}}}' )" + w.gateway().origin() +
            "/api/tenants/salon-1");
  EXPECT_EQ(changed.said, "200");
  const auto quiet = place();
  EXPECT_TRUE(has(quiet, "\n403\n") && has(quiet, "quiet")) << quiet;
  EXPECT_EQ(placed().size(), 1u);
}

TEST_F(Outbound, GoesOnAfterTheGatewaysProcessDied) {
  identified_frames says{7, 100'000};
  sim::pick_up how;
  how.source = &says;
  how.as = [](sim::caller_options& caller) {
    caller.gateway_may_die = true;
    caller.hang_up_after = 5s;
  };
  phones(how);
  start({}, {.whose = door::handed});
  EXPECT_TRUE(has(place(), "\n201\n"));
  EXPECT_TRUE(has(w.record(sid(), R"("state":"talking")"), R"("state":"talking")"));
  w.gateway().kill();
  w.gateway().start_again();
  ASSERT_TRUE(w.gateway().wait_until_healthy());
  EXPECT_TRUE(has(w.record(sid(), R"("state":"talking")"), R"("state":"talking")"));
  ASSERT_TRUE(is_over());
  const auto record = w.record(sid());
  EXPECT_TRUE(has(record, R"("endReason":"caller_hung_up")") && has(record, R"("direction":"outbound-api")")) << record;
  EXPECT_EQ(records(), 1u);
}

TEST_F(Outbound, RingsWhileTheGatewaysProcessDiesAndIsAnsweredByItsNextLife) {
  identified_frames says{7, 60};
  sim::pick_up how;
  how.rings = 2s;
  how.source = &says;
  how.as = [](sim::caller_options& caller) { caller.hang_up_after_last_word = 300ms; };
  phones(how);
  start({}, {.whose = door::handed});
  const std::string wanted = R"(,"id":"a","variables":{"appointment":"Tuesday at ten"})";
  EXPECT_TRUE(has(place(wanted), "\n201\n"));
  EXPECT_TRUE(has(listed(true), sid()));
  w.gateway().kill();
  w.gateway().start_again();
  ASSERT_TRUE(w.gateway().wait_until_healthy());
  const auto again = place(wanted);
  EXPECT_TRUE(has(again, "\n200\n") && has(again, sid())) << again;
  ASSERT_TRUE(is_over());
  const auto record = w.record(sid());
  EXPECT_TRUE(has(record, R"("endReason":"caller_hung_up")") && has(record, R"("answeredAt")")) << record;
  const auto conversations = w.conversations(sid());
  ASSERT_EQ(conversations.size(), 1u);
  EXPECT_TRUE(has(conversations[0].initiation, R"("appointment":"Tuesday at ten")")) << conversations[0].initiation;
  EXPECT_GT(frames_found(7, 60, w.heard_by_agent(sid())), 40u);
  EXPECT_EQ(records(), 1u);
  EXPECT_EQ(placed().size(), 1u);
  EXPECT_EQ(violations(), "");
}

TEST_F(Outbound, IsTakenBackWhileItRings) {
  sim::pick_up how;
  how.rings = 60s;
  phones(how);
  start();
  EXPECT_TRUE(has(place(), "\n201\n"));
  EXPECT_TRUE(has(w.record(sid(), R"("state":"ringing")"), R"("state":"ringing")"));
  const auto hang_up = [&] {
    return shell("curl -s -o /dev/null -w '%{http_code}' -X POST -H 'Authorization: Bearer " + admin_token + "' " +
                 w.gateway().origin() + "/api/calls/" + sid() + "/hangup")
        .said;
  };
  EXPECT_EQ(hang_up(), "202");
  EXPECT_EQ(hang_up(), "202");
  ASSERT_TRUE(is_over());
  EXPECT_EQ(placed().at(0).final_status, "canceled");
  const auto record = w.record(sid());
  EXPECT_TRUE(has(record, R"("endReason":"operator_hung_up")")) << record;
  EXPECT_FALSE(has(listed(true), sid()));
  EXPECT_EQ(records(), 1u);
  EXPECT_EQ(violations(), "");
}

TEST_F(Outbound, IsNotPlacedByANodeThatStopsWhichServesTheOneThatRings) {
  identified_frames says{7, 60};
  sim::pick_up how;
  how.rings = 2s;
  how.source = &says;
  how.as = [](sim::caller_options& caller) { caller.hang_up_after_last_word = 300ms; };
  phones(how);
  start({}, {}, {{"DRAIN_TIMEOUT", "15"}});
  EXPECT_TRUE(has(place(), "\n201\n"));
  w.gateway().signal(SIGTERM);
  const auto ready = [&] {
    return shell("curl -s -o /dev/null -w '%{http_code}' " + w.gateway().origin() + "/ready").said;
  };
  for (int i = 0; i < 100 && ready() == "200"; ++i) std::this_thread::sleep_for(10ms);
  const auto refused =
      shell("curl -s -i -H 'Authorization: Bearer " + admin_token + "' -d '" +
            R"({"tenantId":"salon-1","to":"+15550109998"})" + "' " + w.gateway().origin() + "/api/calls")
          .said;
  EXPECT_TRUE(has(refused, " 503 ") && has(refused, "Retry-After: 5") && has(refused, "not_ready")) << refused;
  ASSERT_TRUE(is_over());
  EXPECT_EQ(w.gateway().wait_for_end(), 0);
  EXPECT_GT(frames_found(7, 60, w.heard_by_agent(sid())), 40u);
  EXPECT_EQ(violations(), "");
}

}  // namespace
}  // namespace tonris::e2e
