// Tenants that are signed up, changed and removed while the gateway runs.
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "tests/e2e/asking.hpp"
#include "tests/e2e/manual.hpp"
#include "tests/e2e/text.hpp"
#include "tests/e2e/world.hpp"

namespace tonris::e2e {
namespace {

using namespace std::chrono_literals;

class TenantsApi : public testing::Test {
 protected:
  gateway_process& start(const std::string& tenants = "[]") { return w.start_gateway(tenants); }
  std::string ask(const std::string& method, const std::string& path, const std::string& body = {}) {
    return ask_api(w.gateway(), method, path, body);
  }
  static std::string salon(const std::string& number, const std::string& agent, const std::string& more = {}) {
    return R"({"id":"salon-1","name":"Salon","twilioPhoneNumber":")" + number +
           R"(","settings":{"elevenLabsAgentId":")" + agent + "\"" + more + "}}";
  }
  /// Calls that number: the agents that answered, or nothing.
  std::string call(const std::string& number) {
    auto options = w.caller();
    options.to = number;
    options.hang_up_after = 300ms;
    const auto report = w.call(options);
    EXPECT_TRUE(report.violations.empty());
    const auto answered = w.conversations(report.call_sid);
    return answered.empty() ? "" : answered.front().facts.agent_id;
  }

  world w{[](const std::string&, std::uint64_t) { return std::optional{quiet_agent()}; }};
};

TEST_F(TenantsApi, ServesTheNextCallAsItWasToldByThen) {
  start();
  EXPECT_EQ(call("+15550100042"), "");
  EXPECT_TRUE(has(ask("POST", "/api/tenants", salon("+1 (555) 010-0042", "agent_one")), "HTTP/1.1 201"));
  EXPECT_EQ(call("+15550100042"), "agent_one");
  EXPECT_TRUE(has(ask("PATCH", "/api/tenants/salon-1", R"({"settings":{"elevenLabsAgentId":"agent_two"}})"), " 200 "));
  EXPECT_EQ(call("+15550100042"), "agent_two");
  EXPECT_TRUE(has(ask("PUT", "/api/tenants/salon-1", salon("+15550100043", "agent_three")), " 200 "));
  EXPECT_EQ(call("+15550100042"), "");
  EXPECT_EQ(call("+15550100043"), "agent_three");
  EXPECT_TRUE(has(ask("PATCH", "/api/tenants/salon-1", R"({"status":"suspended"})"), " 200 "));
  EXPECT_EQ(call("+15550100043"), "");
  EXPECT_TRUE(has(ask("DELETE", "/api/tenants/salon-1"), " 204 "));
  EXPECT_EQ(call("+15550100043"), "");
}

TEST_F(TenantsApi, KeepsItsTenantsOverARestartAndAKill) {
  auto& gateway = start();
  ask("POST", "/api/tenants", salon("+15550100042", "agent_one"));
  EXPECT_EQ(gateway.stop(), 0);
  gateway.start_again();
  EXPECT_EQ(call("+15550100042"), "agent_one");
  ask("PATCH", "/api/tenants/salon-1", R"({"settings":{"elevenLabsAgentId":"agent_two"}})");
  gateway.kill();
  gateway.start_again();
  EXPECT_EQ(call("+15550100042"), "agent_two");
}

TEST_F(TenantsApi, LeavesWhatItChangedAsItIsWhereTheFileSaysNothingNew) {
  auto& gateway = start(one_tenant());
  EXPECT_EQ(call("+15550100002"), "agent_demo");
  const auto page = ask("GET", "/api/tenants");
  ASSERT_TRUE(has(page, R"("twilioPhoneNumber":"+15550100002")")) << page;
  const auto at = page.find(R"("id":")") + 6;
  const auto id = page.substr(at, page.find('"', at) - at);
  ask("PATCH", "/api/tenants/" + id, R"({"settings":{"elevenLabsAgentId":"agent_two"}})");
  gateway.signal(SIGHUP);
  ASSERT_TRUE(gateway.log_says("nothing changed"));
  EXPECT_EQ(call("+15550100002"), "agent_two");
  EXPECT_EQ(gateway.stop(), 0);
  gateway.start_again();
  EXPECT_EQ(call("+15550100002"), "agent_two");
}

TEST_F(TenantsApi, IsAsItsManualSays) {
  auto& gateway = start();
  const auto commands = curl_commands("docs/tenants.md");
  ASSERT_EQ(commands.size(), 1u);
  const auto [status, said] = paste(commands.front().text, gateway, {{"ADMIN_TOKEN", admin_token}});
  EXPECT_EQ(status, 0) << said;
  EXPECT_TRUE(has(said, R"("greeting":"Hello, Test Salon!")")) << said;
  EXPECT_TRUE(has(said, R"({"items":[{"id":"salon-2",)")) << said;
  EXPECT_EQ(call("+15551234567"), "agent_demo");
  EXPECT_EQ(call("+15551234568"), "");
}

TEST_F(TenantsApi, AnswersNumbersThatNobodyHasByTheDefaultTenant) {
  auto& gateway = w.start_gateway(one_tenant(), {{"DEFAULT_TENANT", "salon-1"}});
  EXPECT_EQ(call("+15550100077"), "agent_demo");
  EXPECT_TRUE(has(ask("GET", "/api/tenants/salon-1/route?to=%2B15550100077"), R"("rule":"default_tenant")"));
  EXPECT_EQ(gateway.metric(R"(tonris_calls_routed_total{rule="default_tenant"})"), 1);
  EXPECT_EQ(gateway.metric(R"(tonris_variant_calls_total{tenant="salon-1",variant="agent_demo"})"), 1);
  EXPECT_FALSE(has(ask("GET", "/ready"), "degraded"));
  EXPECT_TRUE(has(ask("DELETE", "/api/tenants/salon-1"), " 204 "));
  EXPECT_EQ(call("+15550100077"), "");
  EXPECT_TRUE(gateway.log_says("DEFAULT_TENANT salon-1 is no tenant"))
      << "changes are told together, ten times a second";
  EXPECT_TRUE(has(ask("GET", "/ready"), "DEFAULT_TENANT is no tenant"));
}

TEST_F(TenantsApi, FollowsItsBusinessTypesWhenTheyAreReadAgain) {
  const auto file = testing::TempDir() + "business-types-" + std::to_string(getpid()) + ".json";
  const auto write = [&](const std::string& json) { std::ofstream{file} << json; };
  write(R"({"salon":"agent_one"})");
  auto& gateway =
      w.start_gateway(R"([{"id":"a","name":"Salon","twilioPhoneNumber":"+15550100042","businessType":"salon"}])",
                      {{"BUSINESS_TYPES_FILE", file}});
  EXPECT_EQ(call("+15550100042"), "agent_one");
  write(R"({"salon":"agent_two"})");
  gateway.signal(SIGHUP);
  ASSERT_TRUE(gateway.log_says("Business types read again: 1"));
  EXPECT_EQ(call("+15550100042"), "agent_two");
  write("{");
  gateway.signal(SIGHUP);
  ASSERT_TRUE(gateway.log_says("The business types stay as they were: BUSINESS_TYPES_FILE " + file));
  EXPECT_EQ(call("+15550100042"), "agent_two");
  std::filesystem::remove(file);
}

TEST_F(TenantsApi, SealsSecretsAnewAndNamesAKeyThatIsMissing) {
  const std::string k1 = "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
                    k2 = "k2:ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";
  const auto data = testing::TempDir() + "sealed-" + std::to_string(getpid());
  const auto start_with = [&](const std::string& ring) {
    w.start_gateway("[]", {{"DATA_DIR", data}, {"SECRETS_KEY", ring}});
  };
  const auto ready = [&] { return http_get(w.gateway(), "/ready"); };
  start_with(k1);
  ASSERT_TRUE(has(ask("POST", "/api/tenants",
                      R"({"id":"a","name":"Salon","twilioPhoneNumber":"+15550100042",)"
                      R"("secrets":{"elevenLabs":{"apiKey":"sk_of_the_salon"}}})"),
                  " 201 "));
  ASSERT_EQ(w.gateway().stop(), 0);
  start_with(k2 + "," + k1);
  EXPECT_TRUE(has(ready(), R"({"status":"ready"})")) << ready();
  const auto rotated = ask("POST", "/api/tenant-store/rotate-secrets");
  EXPECT_TRUE(has(rotated, R"({"tenants":1,"changedMeanwhile":0,"missing":[]})")) << rotated;
  ASSERT_EQ(w.gateway().stop(), 0);
  start_with(k2);
  EXPECT_TRUE(has(ready(), R"({"status":"ready"})")) << ready();
  ASSERT_EQ(w.gateway().stop(), 0);
  start_with(k1);
  ASSERT_TRUE(w.gateway().log_says("Tenant a: elevenLabs.apiKey (sealed with k2) cannot be opened"));
  EXPECT_TRUE(has(ready(), "SECRETS_KEY does not have: k2")) << ready();
  EXPECT_TRUE(has(ask("POST", "/api/tenant-store/rotate-secrets"), "elevenLabs.apiKey (sealed with k2)"));
  EXPECT_FALSE(has(w.gateway().log(), "sk_of_the_salon"));
  ASSERT_EQ(w.gateway().stop(), 0);
  std::filesystem::remove_all(data);
}

}  // namespace
}  // namespace tonris::e2e
