#include "model/twilio/recording.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tonris::model::twilio {
namespace {

using testing::ElementsAre;

TEST(TwilioRecording, IsReadFromAListAndAlone) {
  EXPECT_EQ(decode_recording(R"({"sid":"RE1","status":"in-progress","duration":null})"),
            (call_recording{"RE1", "in-progress"}));
  const auto list = decode_recordings(
      R"({"page":0,"recordings":[{"sid":"RE2","status":"completed"},{"sid":"RE1","status":"paused"}]})");
  ASSERT_TRUE(list);
  EXPECT_THAT(*list, ElementsAre(call_recording{"RE2", "completed"}, call_recording{"RE1", "paused"}));
  EXPECT_EQ(open_one(*list), (call_recording{"RE1", "paused"}));
  EXPECT_EQ(open_one({{"RE2", "completed"}}), std::nullopt);
  EXPECT_THAT(decode_recordings(R"({"recordings":[]})").value(), testing::IsEmpty());
}

TEST(TwilioRecording, IsRefusedWhereItIsNone) {
  for (const auto* body : {"", "[]", "{}", R"({"recordings":{}})", R"({"recordings":[1]})",
                           R"({"recordings":[{"sid":"RE1"}]})", R"({"recordings":[{"sid":"CA1","status":"paused"}]})"})
    EXPECT_FALSE(decode_recordings(body)) << body;
  EXPECT_FALSE(decode_recording(R"({"sid":"RE1","status":7})"));
}

TEST(TwilioRecording, IsAskedForByPathAndForm) {
  const account_sid account{"AC1"};
  EXPECT_EQ(recordings_target(account, {"CA1"}), "/2010-04-01/Accounts/AC1/Calls/CA1/Recordings.json");
  EXPECT_EQ(recording_target(account, {"CA1"}, "RE1"), "/2010-04-01/Accounts/AC1/Calls/CA1/Recordings/RE1.json");
  EXPECT_EQ(kept_recording_target(account, "RE1"), "/2010-04-01/Accounts/AC1/Recordings/RE1.json");
  EXPECT_EQ(start_recording_form("https://gw.example/a?b=c d", false),
            "RecordingChannels=mono&RecordingStatusCallback=https%3A%2F%2Fgw.example%2Fa%3Fb%3Dc%20d"
            "&RecordingStatusCallbackMethod=POST&RecordingStatusCallbackEvent=in-progress"
            "&RecordingStatusCallbackEvent=completed&RecordingStatusCallbackEvent=absent")
      << "a list is its key, repeated";
  EXPECT_EQ(recording_status_form("paused"), "Status=paused&PauseBehavior=silence");
  EXPECT_EQ(recording_status_form("stopped"), "Status=stopped");
}

}  // namespace
}  // namespace tonris::model::twilio
