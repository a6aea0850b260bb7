// Hanging up by the API where our part of the call is over: by the real binary, and Twilio's REST API beside it.
#include <gtest/gtest.h>

#include <chrono>

#include "tests/e2e/broken_agent.hpp"
#include "tests/e2e/shell.hpp"
#include "tests/e2e/text.hpp"
#include "tests/e2e/world.hpp"

namespace tonris::e2e {
namespace {

using namespace std::chrono_literals;

/// The agent refuses the call, and the business' own phone takes it: for hours, were it not ended.
TEST(HangUp, EndsTheCallOfWhoWasPutThrough) {
  world w([](const std::string&, std::uint64_t) {
    auto agent = quiet_agent();
    agent.failure = breaks(sim::agent_failure::manner::close, 300ms, 1008);
    return std::optional{agent};
  });
  w.start_gateway(one_tenant(R"("fallback":{"transferTo":"+15550109999"})"));
  auto options = w.caller();
  options.call_sid = "CA000000000000000000000000000000aa";
  options.twiml.fast = false;
  options.twiml.dial_outcome = "completed";
  silent says;
  listener hears;
  auto running = w.place(options, says, hears);
  ASSERT_TRUE(has(w.record(options.call_sid, R"("fallback":"transfer")"), R"("fallback":"transfer")"));
  const auto hang_up = [&] {
    return shell("curl -s -o /dev/null -w '%{http_code}' -X POST -H 'Authorization: Bearer " + admin_token + "' " +
                 w.gateway().origin() + "/api/calls/" + options.call_sid + "/hangup")
        .said;
  };
  const auto asked = std::chrono::steady_clock::now();
  EXPECT_EQ(hang_up(), "202");
  const auto report = running.get();
  EXPECT_LT(std::chrono::steady_clock::now() - asked, 3s) << "they would have talked for five";
  EXPECT_TRUE(report.violations.empty()) << violations_of(report.violations.all());
  const auto record = w.record(options.call_sid, R"("twilio":)");
  EXPECT_TRUE(has(record, R"("hungUp":{"source":"api")")) << record;
  EXPECT_TRUE(has(record, R"("status":"completed")") && has(record, R"("source":"callback")")) << record;
  EXPECT_EQ(hang_up(), "202");
  EXPECT_EQ(w.on_loop([&] { return violations_of(w.twilio().violations().all()); }), "");
}

}  // namespace
}  // namespace tonris::e2e
