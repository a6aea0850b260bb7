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
      R"({"webhooks":[{"name":"a","webhook_id":"wh_1","webhook_url":"https://a.example","is_disabled":true,"is_auto_disabled":true,)"
      R"("most_recent_failure_error_code":401,"most_recent_failure_timestamp":1700000000},7,)"
      R"({"name":"b","most_recent_failure_error_code":null}]})");
  ASSERT_EQ(all.value().size(), 2u);
  EXPECT_EQ((*all)[0], (workspace_webhook{"a", "https://a.example", true, true, 401, 1'700'000'000, "wh_1"}));
  EXPECT_EQ((*all)[1], (workspace_webhook{"b", "", false, false, 0, 0}));
  EXPECT_TRUE(decode_webhooks("{}").value().empty());
  EXPECT_FALSE(decode_webhooks("<html>"));
}

TEST(Workspace, TellsWhichWebhookIsToldOfConversationsThatEnded) {
  const auto chosen = decode_post_call_choice(
      R"({"webhooks":{"post_call_webhook_id":"wh_1","events":["transcript","audio"],"send_audio":null}})");
  EXPECT_EQ(chosen.value(), (post_call_choice{"wh_1", std::vector<std::string>{"transcript", "audio"}}));
  EXPECT_TRUE(tells_transcripts(*chosen));
  EXPECT_TRUE(tells_transcripts(decode_post_call_choice(R"({"webhooks":{"events":null}})").value()));
  EXPECT_FALSE(tells_transcripts(decode_post_call_choice(R"({"webhooks":{"events":["audio"]}})").value()));
  for (const auto* none : {"{}", R"({"webhooks":null})", R"({"webhooks":{"post_call_webhook_id":7}})"})
    EXPECT_EQ(decode_post_call_choice(none).value(), post_call_choice{}) << none;
  EXPECT_FALSE(decode_post_call_choice("[]"));
}

TEST(Workspace, TellsItsNumbers) {
  EXPECT_EQ(decode_phone_numbers(R"([{"phone_number":"+1555"},{"label":"x"},{"phone_number":7},3])").value(),
            std::vector<std::string>{"+1555"});
  EXPECT_FALSE(decode_phone_numbers("{}"));
}

}  // namespace
}  // namespace tonris::model::elevenlabs
