#include "tools/ctl/explain_route.hpp"

#include <fstream>

#include "tests/tools/ctl/ctl_fixture.hpp"

namespace tonris::ctl {
namespace {

using namespace test;

TEST_F(Tonrisctl, ExplainsWhatWouldHappenToACall) {
  const auto file = (directory / "tenants.json").string();
  std::ofstream{file} << R"([{"id":"salon-1","name":"Salon","twilioPhoneNumber":"+15550100002","settings":{
    "elevenLabsAgentId":"agent_a","backupAgents":["agent_b"],
    "numbers":[{"number":"+15550100003","language":"es"}],
    "businessHours":{"timezone":"America/New_York","tuesday":{"open":"09:00","close":"17:00"},
                     "closed":{"action":"voicemail"}},
    "callerRules":[{"name":"vip","callers":["+15557654321"],"action":"agent","agentId":"agent_vip"}]}}])";
  environment["TENANTS_FILE"] = file;
  const auto route = [&](std::vector<std::string> more) {
    more.insert(more.begin(), "route");
    more.insert(more.end(), {"--env-file", env_file});
    return tonrisctl(std::move(more));
  };
  EXPECT_EQ(route({"--to", "+1 555 010 0002", "--from", "+15550001111", "--at", "2026-11-24T15:00Z"}), found);
  EXPECT_EQ(out.str(),
            "tenant    salon-1 (Salon), active\n"
            "caller    +15550001111\n"
            "time      2026-11-24T15:00:00.000Z\n"
            "route     agent agent_a, then agent_b\n"
            "rule      agent\n"
            "why       the tenant's agent\n");
  EXPECT_EQ(route({"--to", "+15550100003", "--at", "2026-11-24T23:05:00Z"}), found);
  EXPECT_NE(out.str().find("caller    withheld\n"), std::string::npos) << out.str();
  EXPECT_NE(out.str().find("route     voicemail\nrule      closed\n"
                           "why       it is Tuesday 18:05 in America/New_York, open 09:00-17:00\nlanguage  es\n"
                           "ends as   closed\nsentence  En este momento estamos cerrados."),
            std::string::npos)
      << out.str();
  EXPECT_EQ(route({"--to", "+15550100002", "--from", "+15557654321", "--at", "2026-11-24T23:05:00Z"}), found);
  EXPECT_NE(out.str().find("route     agent agent_vip, then agent_b\nrule      caller_rule vip\n"), std::string::npos)
      << out.str();
  EXPECT_EQ(route({"--to", "+15550100009"}), not_found);
  environment["DEFAULT_TENANT"] = "nobody";
  EXPECT_EQ(route({"--to", "+15550100009"}), not_found);
  environment["DEFAULT_TENANT"] = "salon-1";
  EXPECT_EQ(route({"--to", "+15550100009", "--at", "2026-11-24T15:00Z"}), found);
  EXPECT_NE(out.str().find("rule      default_tenant\nwhy       nobody has the number, so the default tenant answers"),
            std::string::npos)
      << out.str();
  EXPECT_EQ(route({"--to", "nobody"}), cannot);
  EXPECT_EQ(route({"--to", "+15550100002", "--at", "tomorrow"}), cannot);
  environment["TENANTS_FILE"] = file + ".missing";
  EXPECT_EQ(route({"--to", "+15550100002"}), cannot);
}

TEST_F(Tonrisctl, ExplainsTheAgentOfABusinessType) {
  const auto file = (directory / "tenants.json").string(), types = (directory / "types.json").string();
  std::ofstream{file} << R"([{"id":"s","name":"S","businessType":"Salon","twilioPhoneNumber":"+15550100002"}])";
  std::ofstream{types} << R"({"salon":"agent_salon"})";
  environment["TENANTS_FILE"] = file;
  EXPECT_EQ(tonrisctl({"route", "--to", "+15550100002"}), found);
  EXPECT_NE(out.str().find("ends as   no_agent\n"), std::string::npos) << out.str();
  environment["BUSINESS_TYPES_FILE"] = types;
  EXPECT_EQ(tonrisctl({"route", "--to", "+15550100002"}), found);
  EXPECT_NE(out.str().find("route     agent agent_salon\nrule      business_type\n"), std::string::npos) << out.str();
  std::ofstream{types} << R"({"salon":7})";
  EXPECT_EQ(tonrisctl({"route", "--to", "+15550100002"}), cannot);
  EXPECT_EQ(err.str(), "tonrisctl: " + types + ": salon must be a text\n");
}

TEST_F(Tonrisctl, ExplainsTheDrawThatTheGatewayMakes) {
  const auto file = (directory / "tenants.json").string();
  std::ofstream{file} << R"([{"id":"s","name":"S","twilioPhoneNumber":"+15550100002","settings":{"agents":[
    {"agentId":"agent_a","weight":50,"variant":"old"},{"agentId":"agent_b","weight":50,"variant":"new"}]}}])";
  const std::vector<std::string> asked{"route",          "--to", "+15550100002", "--from", "+15550001111",
                                       "--tenants-file", file};
  EXPECT_EQ(tonrisctl(asked), found);
  EXPECT_NE(out.str().find("another than the gateway's"), std::string::npos) << out.str();
  environment["TWILIO_AUTH_TOKEN"] = token + ",older";
  EXPECT_EQ(tonrisctl(asked), found);
  EXPECT_NE(out.str().find("\nvariant   "), std::string::npos) << out.str();
  EXPECT_EQ(out.str().find("another than"), std::string::npos);
}

}  // namespace
}  // namespace tonris::ctl
