// Who may come in, by the real gateway: exactly as many as the tenant may have, however they ask.
#include <gtest/gtest.h>

#include <thread>

#include "tests/e2e/asking.hpp"
#include "tests/e2e/webhooks_at_once.hpp"

namespace tonris::e2e {
namespace {

using namespace std::chrono_literals;

const std::string ten_calls = R"("limits":{"maxConcurrentCalls":10})";

class Admission : public testing::Test {
 protected:
  Admission() : w([](const std::string&, std::uint64_t) { return std::optional{quiet_agent()}; }) {}

  std::string live() {
    const auto answer = ask_api(w.gateway(), "GET", "/api/tenants/salon-1/live");
    return answer.substr(answer.find("\r\n\r\n") + 4);
  }

  world w;
};

TEST_F(Admission, TakesExactlyTenOfTwoHundredThatAskAtOnce) {
  auto& gateway = w.start_gateway(one_tenant(ten_calls));
  EXPECT_EQ(streams_of(gateway, 1, 200), 10);
  EXPECT_EQ(gateway.metric("tonris_calls_live"), 10);
  EXPECT_EQ(gateway.metric(R"(tonris_calls_refused_total{by="tenant",reason="tenant_busy"})"), 190);
  const auto seen = live();
  EXPECT_TRUE(has(seen, R"("maxConcurrentCalls":{"limit":10,"used":10})")) << seen;
  EXPECT_TRUE(has(seen, R"("refusedToday":{"tenant_busy":190})")) << seen;
  EXPECT_TRUE(has(seen, R"("month":{"calls":10,)")) << seen;
}

TEST_F(Admission, TakesTheSameTenHoweverOftenTheyAsk) {
  auto& gateway = w.start_gateway(one_tenant(ten_calls));
  EXPECT_EQ(streams_of(gateway, 1, 10), 10);
  EXPECT_EQ(streams_of(gateway, 1, 10), 10) << "Twilio's retries";
  EXPECT_EQ(streams_of(gateway, 100, 20), 0);
  EXPECT_TRUE(has(live(), R"("month":{"calls":10,)")) << live();
}

TEST_F(Admission, HoldsThePlacesOfCallsThatWaitForTheirCallersAfterARestart) {
  auto& gateway = w.start_gateway(one_tenant(ten_calls));
  EXPECT_EQ(streams_of(gateway, 1, 7), 7);
  std::this_thread::sleep_for(1500ms);  // the store has them, and the usage
  gateway.kill();
  gateway.start_again();
  EXPECT_EQ(streams_of(gateway, 100, 50), 3);
  const auto seen = live();
  EXPECT_TRUE(has(seen, R"("used":10)")) << seen;
  EXPECT_TRUE(has(seen, R"("month":{"calls":10,)")) << "what the former life has booked is booked once: " << seen;
}

TEST_F(Admission, HasARecordOfACallerWhoHangsUpInLine) {
  auto& gateway =
      w.start_gateway(one_tenant(R"("limits":{"maxConcurrentCalls":1,"overflow":{"action":"wait","seconds":60}})"));
  EXPECT_TRUE(has(voice_webhook(gateway, 1), "<Stream"));
  EXPECT_TRUE(has(voice_webhook(gateway, 2), "<Play>"));
  EXPECT_TRUE(has(live(), R"("waiting":1)")) << live();
  std::atomic<unsigned> status = 0;
  w.post_webhook(
      sid_of(2), [&](sim::webhook_poster::answer got) { status = got.status == 0 ? 1 : got.status; },
      "/api/webhooks/twilio/status", "completed");
  ASSERT_TRUE(w.wait_until([&] { return status != 0; }, 5s));
  EXPECT_EQ(status, 204u);
  const auto record = w.record(sid_of(2));
  EXPECT_TRUE(has(record, R"("endReason":"caller_gave_up")")) << record;
  EXPECT_TRUE(has(record, R"("endedBy":"caller")") && has(record, R"("tenantId":"salon-1")")) << record;
  EXPECT_TRUE(has(live(), R"("waiting":0)")) << live();
}

}  // namespace
}  // namespace tonris::e2e
