#include "model/call/kept_audio.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tonris::model {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(KeptAudio, IsWhatTwilioMayStillHave) {
  call_record record;
  record.call = {"CA1"};
  record.voicemail = {{"RE1", "https://api.twilio.com/RE1", 7, {}}, {"RE2", "https://api.twilio.com/RE2", 7, {}, true}};
  for (const auto* status : {"in-progress", "stopped", "completed", "absent", "deleted"})
    record.recordings.push_back({std::string{"RE-"} + status, status, "", 0, "callback", {}});
  EXPECT_THAT(kept_audio_of(record), IsEmpty()) << "nobody knows where";
  record.account = {"AC1"};
  const call_record::time told{std::chrono::seconds{1'795'341'600}};
  record.voicemail[0].at = record.recordings[0].at = told;
  EXPECT_THAT(kept_audio_of(record), ElementsAre(kept_audio{{"CA1"}, {"AC1"}, "RE1", true, told},
                                                 kept_audio{{"CA1"}, {"AC1"}, "RE-in-progress", false, told},
                                                 kept_audio{{"CA1"}, {"AC1"}, "RE-stopped", false},
                                                 kept_audio{{"CA1"}, {"AC1"}, "RE-completed", false}));
  for (const auto& one : kept_audio_of(record)) EXPECT_TRUE(add_fact(record, gone(one, {}))) << one.recording;
  EXPECT_THAT(kept_audio_of(record), IsEmpty());
  EXPECT_EQ(record.voicemail.size(), 2u);
  EXPECT_EQ(record.voicemail[0].url, "https://api.twilio.com/RE1");
}

TEST(KeptAudio, OfARecordThatDoesNotKnowItIsNoFact) {
  call_record record;
  EXPECT_FALSE(add_fact(record, gone({{"CA1"}, {"AC1"}, "RE1", true}, {})));
  EXPECT_FALSE(add_fact(record, gone({{"CA1"}, {"AC1"}, "RE1", false}, {})));
}

}  // namespace
}  // namespace tonris::model
