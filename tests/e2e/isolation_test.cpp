// No call is ever noticed by another: many at once, and healthy ones beside others that misbehave.
#include <gtest/gtest.h>

#include <thread>

#include "tests/e2e/exact_call.hpp"
#include "tests/sanitized.hpp"

namespace tonris::e2e {
namespace {

using namespace std::chrono_literals;

TEST(Isolation, KeepsTwoHundredCallsApartToTheByte) {
  world w([](const std::string&, std::uint64_t) { return std::optional{exact_agent()}; });
  say_ids(w);
  auto& gateway = w.start_gateway(one_tenant(), {{"LOG_LEVEL", "warn"}});
  // What the first call opens stays open: the store of what is used, and whatever waits on the vendors.
  place_first_call(w);
  const auto descriptors = gateway.open_descriptors();
  std::vector<std::unique_ptr<exact_call>> calls;
  for (std::uint32_t id = 1; id <= (sanitized ? 50 : 200); ++id) {
    auto& call = *calls.emplace_back(std::make_unique<exact_call>(id));
    auto options = options_of(w, call);
    options.hang_up_after = 6s;
    call.report = w.place(options, call.says, call.hears);
  }
  for (auto& call : calls) expect_exact(w, *call);
  EXPECT_TRUE(w.vendor_violations().empty()) << violations_of(w.vendor_violations());
  // And nothing of them is left behind. The vendor's HTTP connections are kept for 30 s.
  w.close_http_connections();
  for (int i = 0; i < 450 && gateway.open_descriptors() > descriptors; ++i) std::this_thread::sleep_for(100ms);
  EXPECT_LE(gateway.open_descriptors(), descriptors);
}

TEST(Isolation, KeepsAHealthyCallExactWhileItsNeighboursMisbehave) {
  world w([](const std::string& agent, std::uint64_t number) {
    auto behaviour = exact_agent();
    if (agent != "agent_bad") return std::optional{behaviour};
    behaviour.greeting.reset();
    switch (number % 4) {
      case 0: behaviour.failure.when = sim::agent_failure::point::after_metadata; break;
      case 1:
        behaviour.failure.when = sim::agent_failure::point::after_metadata;
        behaviour.failure.how = sim::agent_failure::manner::drop;
        break;
      case 2: behaviour.odd_events = true; break;
      default: behaviour.output_format = "nonsense";
    }
    return std::optional{behaviour};
  });
  say_ids(w);
  auto& gateway = w.start_gateway(
      R"([{"id":"good","name":"G","twilioPhoneNumber":"+15550100002","settings":{"elevenLabsAgentId":"agent_good"}},)"
      R"({"id":"bad","name":"B","twilioPhoneNumber":"+15550100003","settings":{"elevenLabsAgentId":"agent_bad"}}])");
  exact_call healthy(7);
  auto options = options_of(w, healthy);
  options.hang_up_after = 6s;
  healthy.report = w.place(options, healthy.says, healthy.hears);

  const std::vector<std::string> garbage{"",
                                         "{",
                                         "null",
                                         R"({"event":"media"})",
                                         R"({"event":"start"})",
                                         R"({"event":"media","media":{"payload":"%%%"}})",
                                         R"({"event":"stop","stop":{"callSid":"CA00000000000000000000000000000000"}})",
                                         std::string(70'000, 'x'),
                                         std::string(60'000, '[')};
  std::vector<std::unique_ptr<exact_call>> neighbours;
  std::vector<std::shared_ptr<sim::twilio_caller>> callers(24);
  for (std::uint32_t i = 0; i < callers.size(); ++i) {
    auto& call = *neighbours.emplace_back(std::make_unique<exact_call>(1000 + i));
    auto bad = options_of(w, call);
    bad.to = "+15550100003";
    bad.hang_up_after = 5s;
    if (i % 3 == 0) bad.drop_after = 500ms;
    call.report = w.place(bad, call.says, call.hears, &callers[i]);
  }
  std::this_thread::sleep_for(1s);
  for (std::size_t i = 0; i < callers.size(); ++i)
    w.on_loop([&] { callers[i]->send_raw(garbage[i % garbage.size()]); });
  for (int i = 0; i < 20; ++i)
    (void)raw_exchange(gateway.port(), i % 2 ? "GET / HTTP/9.9\r\n\r\n" : std::string(50'000, 'A'), 200ms);

  expect_exact(w, healthy);
  for (auto& call : neighbours) (void)call->report.get();
  EXPECT_TRUE(gateway.running());
  EXPECT_NE(w.record(sid_of(7)).find(R"("endReason":"caller_hung_up")"), std::string::npos);
}

}  // namespace
}  // namespace tonris::e2e
