#include "model/tenant/list.hpp"

#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>

#include "model/tenant/rules.hpp"
#include "model/twilio/connection_overrides.hpp"
#include "tests/places.hpp"

namespace tonris::model {
namespace {

std::string text_of(const std::string& file) {
  std::ifstream in{test::source_dir() + "/" + file};
  return {std::istreambuf_iterator<char>{in}, {}};
}

std::vector<tenant> read(const std::string& file) {
  const auto list = parse_tenants(text_of("config/" + file));
  if (!list) {
    ADD_FAILURE() << to_string(list.error());
    return {};
  }
  for (const auto& m : list->mistakes) ADD_FAILURE() << to_string(m);
  return list->good;
}

TEST(TenantsExample, IsAListThatTheGatewayTakes) {
  const auto tenants = read("tenants.example.json");
  ASSERT_EQ(tenants.size(), 2U);
  EXPECT_EQ(tenants.front().agents.size(), 2U);
  EXPECT_EQ(tenants.front().tools.size(), 2U);
}

TEST(TenantsExample, OfTheLeastATenantNeedsSetsNothingThatAnAgentMayForbid) {
  const auto tenants = read("tenants.minimal.json");
  ASSERT_EQ(tenants.size(), 1U);
  EXPECT_TRUE(tenants.front().agents.empty()) << "so that ELEVENLABS_AGENT_ID is used";
  EXPECT_FALSE(tenants.front().greeting || tenants.front().language || tenants.front().fallback.transfer_to);
}

TEST(OperatorsManual, EntersTheSameOverridesInTheConsoleAsOurTwimlCarries) {
  for (const auto* file : {"docs/operations.md", "README.md"})
    EXPECT_NE(text_of(file).find("/api/webhooks/twilio/elevenlabs" + std::string{twiml::connection_overrides} + "`"),
              std::string::npos)
        << file;
}

TEST(TenantsManual, MarksEachKeyThatThisVersionDoesNotActOn) {
  const auto manual = text_of("docs/tenants.md");
  for (const auto& key : tenant_rules::not_yet_keys()) {
    const std::string name{key.path.substr(key.path.rfind('.') + 1)};
    EXPECT_NE(manual.find(name + "` (*not yet*)"), std::string::npos) << name;
  }
}

}  // namespace
}  // namespace tonris::model
