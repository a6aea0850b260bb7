#include "model/text/webhook_key.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "model/text/base64.hpp"

namespace tonris::model {
namespace {

std::string secret_of(std::size_t bytes) {
  return "whsec_" + to_base64(std::vector<std::uint8_t>(bytes, 7));
}

TEST(WebhookKey, HasFrom24To64Bytes) {
  for (const auto bytes : {24U, 25U, 26U, 32U, 63U, 64U})
    EXPECT_EQ(webhook_key(secret_of(bytes)), std::vector<std::uint8_t>(bytes, 7)) << bytes;
  for (const auto bytes : {0U, 1U, 23U, 65U}) EXPECT_FALSE(is_webhook_key(secret_of(bytes))) << bytes;
}

TEST(WebhookKey, IsOnlyWhatHasTheFormOfOne) {
  const auto good = secret_of(24);
  EXPECT_TRUE(is_webhook_key(good));
  for (const auto& text : {std::string{}, good.substr(6), "WHSEC_" + good.substr(6), good + "=", good + " ",
                           good.substr(0, good.size() - 1), good.substr(0, good.size() - 1) + "_"})
    EXPECT_FALSE(is_webhook_key(text)) << text;
}

}  // namespace
}  // namespace tonris::model
