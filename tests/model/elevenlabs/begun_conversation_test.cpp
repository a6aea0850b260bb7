#include "model/elevenlabs/begun_conversation.hpp"

#include <gtest/gtest.h>

#include "model/elevenlabs/conversation.hpp"

namespace tonris::model::elevenlabs {
namespace {

TEST(BegunConversation, IsFoundInMetadataThatIsRefused) {
  const struct {
    const char *text, *conversation;
  } rows[] = {
      {R"({"type":"conversation_initiation_metadata","conversation_initiation_metadata_event":)"
       R"({"user_input_audio_format":8000,"conversation_id":"conv_1"}})",
       "conv_1"},
      {R"({"type":"conversation_initiation_metadata","conversation_initiation_metadata_event":{"conversation_id":1}})",
       ""},
      {R"({"type":"conversation_initiation_metadata","conversation_initiation_metadata_event":["conv_1"]})", ""},
      {R"({"type":"ping","conversation_initiation_metadata_event":{"conversation_id":"conv_1"}})", ""},
      {R"({"conversation_initiation_metadata_event":{"conversation_id":"conv_1"}})", ""},
      {R"({"type":"conversation_initiation_metadata")", ""},
  };
  for (const auto& row : rows) {
    EXPECT_FALSE(decode(row.text)) << row.text;
    EXPECT_EQ(conversation_begun_in(row.text).value, row.conversation) << row.text;
  }
}

}  // namespace
}  // namespace tonris::model::elevenlabs
