// The agent's leg over TLS, which the gateway verifies: it reconnects, survives a broken record, and talks to no
// stranger.
#include <gtest/gtest.h>

#include "tests/e2e/broken_agent.hpp"
#include "tests/e2e/certified.hpp"
#include "tests/e2e/text.hpp"
#include "tests/e2e/world.hpp"

namespace tonris::e2e {
namespace {

using namespace std::chrono_literals;
using manner = sim::agent_failure::manner;

class AgentTls : public testing::Test {
 protected:
  /// The agent's first conversation fails like this, later ones are healthy.
  void expect_healed_after(manner how, const std::string& reason) {
    world w(
        [how](const std::string&, std::uint64_t number) {
          auto agent = first_fails(breaks(how), number);
          if (number == 1) agent.ping_every = 200ms;  // what is corrupted next
          return std::optional{agent};
        },
        vendor.tls);
    w.start_gateway(one_tenant(), {{"SSL_CERT_FILE", vendor.files.authority}});
    auto options = w.caller();
    options.hang_up_after = 4s;
    identified_frames says(7, 150);
    listener hears;
    const auto report = w.call(options, says, hears);
    expect_healed(w, report, reason);
    EXPECT_GT(hears.audible_frames, 0u);
    expect_vendor_content(w);
  }

  certified vendor;
};

TEST_F(AgentTls, ReconnectsAfterADrop) {
  expect_healed_after(manner::drop, "agent_lost");
}

TEST_F(AgentTls, ReconnectsAfterAReset) {
  expect_healed_after(manner::reset, "agent_lost");
}

TEST_F(AgentTls, ReconnectsAfterABrokenRecord) {
  expect_healed_after(manner::corrupt, "tls_failed");
}

TEST_F(AgentTls, TalksToNobodyWhoseCertificateItDoesNotTrust) {
  world w([](const std::string&, std::uint64_t) { return std::optional{quiet_agent()}; }, vendor.tls);
  w.start_gateway();
  const auto report = w.call(w.caller());
  EXPECT_TRUE(report.violations.empty()) << violations_of(report.violations.all());
  EXPECT_EQ(report.spoken.size(), 1u);
  EXPECT_LT(report.ended_ms, 3000 + 2000) << "generous: this machine may be busy";
  const auto record = w.record(report.call_sid);
  EXPECT_TRUE(has(record, R"("endReason":"agent_unreachable")")) << record;
  EXPECT_TRUE(has(record, "certificate")) << record;
  EXPECT_EQ(w.on_loop([&] { return w.vendor().signed_urls_given(); }), 0u) << "not even the API key was told";
}

}  // namespace
}  // namespace tonris::e2e
