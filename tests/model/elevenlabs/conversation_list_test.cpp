#include "model/elevenlabs/conversation_list.hpp"

#include <gtest/gtest.h>

namespace tonris::model::elevenlabs {
namespace {

using namespace std::chrono;
using namespace std::chrono_literals;

TEST(ConversationList, IsAskedForByADayOfUtcAndACursor) {
  EXPECT_EQ(conversations_target(1970y / January / 2, ""),
            "/v1/convai/conversations?call_start_after_unix=86400&call_start_before_unix=172800&page_size=100");
  EXPECT_TRUE(conversations_target(1970y / January / 2, "a b&c=").ends_with("&cursor=a%20b%26c%3D"));
}

TEST(ConversationList, HasConversationsWithTheirSeconds) {
  const auto page = decode_conversation_page(
      R"({"conversations":[{"agent_id":"agent_1","agent_name":"x","conversation_id":"conv_1",)"
      R"("start_time_unix_secs":1767225600,"call_duration_secs":62,"message_count":3,"status":"done"},)"
      R"({"agent_id":null,"conversation_id":"conv_2","start_time_unix_secs":1767225601,"call_duration_secs":null}],)"
      R"("next_cursor":"c2","has_more":true})");
  ASSERT_TRUE(page);
  EXPECT_EQ(page->cursor, "c2");
  ASSERT_EQ(page->conversations.size(), 2u);
  EXPECT_EQ(page->conversations[0], (listed_conversation{{"conv_1"}, {"agent_1"}, sys_seconds{1'767'225'600s}, 62}));
  EXPECT_EQ(page->conversations[1].seconds, 0);
}

TEST(ConversationList, EndsWhereTheVendorSaysSo) {
  EXPECT_EQ(decode_conversation_page(R"({"conversations":[],"next_cursor":"c2","has_more":false})")->cursor, "");
  EXPECT_EQ(decode_conversation_page(R"({"conversations":[],"next_cursor":null,"has_more":false})")->cursor, "");
}

TEST(ConversationList, IsReadWholeOrNotAtAll) {
  for (const auto* body : {"<html>", "", "{}", R"({"conversations":7})", R"({"conversations":[7]})",
                           R"({"conversations":[{"conversation_id":"","start_time_unix_secs":1}]})",
                           R"({"conversations":[{"conversation_id":"conv_1"}]})",
                           R"({"conversations":[{"conversation_id":"conv_1","start_time_unix_secs":"noon"}]})",
                           R"({"conversations":[],"has_more":true,"next_cursor":null})"})
    EXPECT_FALSE(decode_conversation_page(body)) << body;
}

}  // namespace
}  // namespace tonris::model::elevenlabs
