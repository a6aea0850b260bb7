#include "model/elevenlabs/workspace.hpp"

#include <gtest/gtest.h>

namespace tonris::model::elevenlabs {
namespace {

TEST(Workspace, TellsItsSubscription) {
  EXPECT_EQ(decode_subscription(R"({"tier":"pro","status":"active","character_count":5,"character_limit":10,"x":[]})")
                .value(),
            (subscription{"pro", "active", 5, 10, false}));
  EXPECT_EQ(decode_subscription(R"({"tier":null,"status":7,"character_count":"5"})").value(), subscription{});
  EXPECT_FALSE(decode_subscription("[]"));
  EXPECT_EQ(conversations_of_plan("pro"), 20u);
  EXPECT_EQ(conversations_of_plan("enterprise"), 0u);
}

TEST(Workspace, TellsItsWebhooks) {
  const auto all = decode_webhooks(
      R"({"webhooks":[{"name":"a","webhook_url":"https://a.example","is_disabled":true,"is_auto_disabled":true,)"
      R"("most_recent_failure_error_code":401,"most_recent_failure_timestamp":1700000000},7,)"
      R"({"name":"b","most_recent_failure_error_code":null}]})");
  ASSERT_EQ(all.value().size(), 2u);
  EXPECT_EQ((*all)[0], (workspace_webhook{"a", "https://a.example", true, true, 401, 1'700'000'000}));
  EXPECT_EQ((*all)[1], (workspace_webhook{"b", "", false, false, 0, 0}));
  EXPECT_TRUE(decode_webhooks("{}").value().empty());
  EXPECT_FALSE(decode_webhooks("<html>"));
}

TEST(Workspace, TellsItsNumbers) {
  EXPECT_EQ(decode_phone_numbers(R"([{"phone_number":"+1555"},{"label":"x"},{"phone_number":7},3])").value(),
            std::vector<std::string>{"+1555"});
  EXPECT_FALSE(decode_phone_numbers("{}"));
}

}  // namespace
}  // namespace tonris::model::elevenlabs
