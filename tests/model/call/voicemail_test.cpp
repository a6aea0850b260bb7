#include "model/call/voicemail.hpp"

#include <gtest/gtest.h>

namespace tonris::model {
namespace {

TEST(Voicemail, IsKeptOnceHoweverOftenItIsReported) {
  call_record record;
  EXPECT_TRUE(add_voicemail(record, {"RE1", "https://recordings.example/RE1", 7, {}}));
  EXPECT_FALSE(add_voicemail(record, {"RE1", "https://recordings.example/RE1", 7, {}}));
  EXPECT_TRUE(add_voicemail(record, {"RE2", "https://recordings.example/RE2", 3, {}}));
  ASSERT_EQ(record.voicemail.size(), 2u);
  EXPECT_EQ(record.voicemail[0].recording, "RE1");
  EXPECT_EQ(record.voicemail[1].recording, "RE2");
}

}  // namespace
}  // namespace tonris::model
