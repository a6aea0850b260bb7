#include "model/tenant.hpp"

#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>

namespace tonris::model {
namespace {

TEST(TenantsExample, IsAListThatTheGatewayTakes) {
  std::ifstream in{TONRIS_SOURCE_DIR "/config/tenants.example.json"};
  const std::string json{std::istreambuf_iterator<char>{in}, {}};
  const auto tenants = parse_tenants(json);
  ASSERT_TRUE(tenants) << tenants.error().path << ' ' << tenants.error().message;
  ASSERT_EQ(tenants->size(), 2U);
  EXPECT_EQ(tenants->front().agents.size(), 2U);
  EXPECT_EQ(tenants->front().tools.size(), 2U);
}

}  // namespace
}  // namespace tonris::model
