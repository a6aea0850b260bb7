#include "model/access/departed_keys.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace tonris::model {
namespace {

TEST(DepartedKeys, AreAllRevokedByTheOperator) {
  const audit_entry::time at{std::chrono::seconds{1'795'341'600}};
  const auto told = keys_gone_with({"salon-1"}, at);
  EXPECT_EQ(told.at, at);
  EXPECT_EQ(told.who, "operator");
  EXPECT_EQ(told.what, "key.revoke");
  EXPECT_EQ(told.tenant.value, "salon-1");
  EXPECT_EQ(told.before, R"({"keyId":"all"})");
}

}  // namespace
}  // namespace tonris::model
