#include "model/tenant.hpp"

#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>
#include "tests/places.hpp"

namespace tonris::model {
namespace {

tl::expected<std::vector<tenant>, tenant_error> read(const char* file) {
  std::ifstream in{test::source_dir() + "/config/" + file};
  const std::string json{std::istreambuf_iterator<char>{in}, {}};
  return parse_tenants(json);
}

TEST(TenantsExample, IsAListThatTheGatewayTakes) {
  const auto tenants = read("tenants.example.json");
  ASSERT_TRUE(tenants) << tenants.error().path << ' ' << tenants.error().message;
  ASSERT_EQ(tenants->size(), 2U);
  EXPECT_EQ(tenants->front().agents.size(), 2U);
  EXPECT_EQ(tenants->front().tools.size(), 2U);
}

TEST(TenantsExample, OfTheLeastATenantNeedsSetsNothingThatAnAgentMayForbid) {
  const auto tenants = read("tenants.minimal.json");
  ASSERT_TRUE(tenants) << tenants.error().path << ' ' << tenants.error().message;
  ASSERT_EQ(tenants->size(), 1U);
  EXPECT_TRUE(tenants->front().agents.empty()) << "so that ELEVENLABS_AGENT_ID is used";
  EXPECT_FALSE(tenants->front().greeting || tenants->front().language || tenants->front().fallback.transfer_to);
}

}  // namespace
}  // namespace tonris::model
