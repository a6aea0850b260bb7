// A tenant with a key of its own at the vendor.
#include <gtest/gtest.h>

#include "tests/e2e/asking.hpp"
#include "tests/e2e/text.hpp"
#include "tests/e2e/world.hpp"

namespace tonris::e2e {
namespace {

using namespace std::chrono_literals;

class OwnKey : public testing::Test {
 protected:
  void start(std::map<std::string, std::string> settings = {}) {
    w.on_loop([&] { w.vendor().give_agent_to("agent_own", "own-vendor-key"); });
    settings.emplace("SECRETS_KEY", "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
    w.start_gateway(one_tenant(), std::move(settings));
  }
  std::string ask(const std::string& method, const std::string& path, const std::string& body) {
    return ask_api(w.gateway(), method, path, body);
  }
  /// Signs a tenant up whose agent is another account's at the vendor.
  std::string sign_up(const std::string& secrets) {
    return ask("POST", "/api/tenants",
               R"({"id":"own","name":"Own","twilioPhoneNumber":"+15550100042",)"
               R"("settings":{"elevenLabsAgentId":"agent_own"})" +
                   secrets + "}");
  }
  sim::caller_report call(const std::string& number) {
    auto options = w.caller();
    options.to = number;
    options.hang_up_after = 300ms;
    return w.call(options);
  }
  std::string answered(const std::string& number) {
    const auto talks = w.conversations(call(number).call_sid);
    return talks.empty() ? "" : talks.front().facts.agent_id;
  }

  world w{[](const std::string&, std::uint64_t) { return std::optional{quiet_agent()}; }};
};

TEST_F(OwnKey, OpensItsTenantsAgentsAndNobodyElses) {
  start();
  EXPECT_TRUE(has(sign_up(""), " 201 "));
  const auto refused = call("+15550100042");
  EXPECT_TRUE(has(w.record(refused.call_sid), R"("endReason":"agent_not_found")")) << "to the gateway's key it is none";
  EXPECT_TRUE(
      has(ask("PATCH", "/api/tenants/own", R"({"secrets":{"elevenLabs":{"apiKey":"own-vendor-key"}}})"), " 200 "));
  EXPECT_EQ(answered("+15550100042"), "agent_own");
  EXPECT_EQ(answered("+15550100002"), "agent_demo") << "by the gateway's key";
  EXPECT_TRUE(has(ask("PATCH", "/api/tenants/own", R"({"secrets":{"elevenLabs":{"apiKey":"wrong-key"}}})"), " 200 "));
  EXPECT_TRUE(has(w.record(call("+15550100042").call_sid), R"("endReason":"agent_auth_failed")"));
  EXPECT_FALSE(has(w.gateway().log(), "own-vendor-key") || has(w.gateway().log(), "wrong-key"));
}

TEST_F(OwnKey, HasPlacesOfItsOwnAtTheVendor) {
  start({{"ELEVENLABS_MAX_CALLS", "1"}});
  EXPECT_TRUE(has(sign_up(R"(,"secrets":{"elevenLabs":{"apiKey":"own-vendor-key"}})"), " 201 "));
  auto options = w.caller();
  options.hang_up_after = 3s;
  silent nobody_speaks;
  listener ear;
  auto first = w.place(options, nobody_speaks, ear);
  ASSERT_TRUE(w.wait_until([&] { return w.vendor().live().size() == 1; }, 5s));
  EXPECT_TRUE(has(w.record(call("+15550100002").call_sid), R"("endReason":"vendor_full")"));
  EXPECT_EQ(answered("+15550100042"), "agent_own");
  first.get();
}

}  // namespace
}  // namespace tonris::e2e
