#include "model/call/kept_audio.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

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

TEST(KeptAudio, IsThereAtTheEndOfItsCallAtTheLatestWhereNobodyToldOfIt) {
  call_record record;
  record.account = {"AC1"};
  const call_record::time began{std::chrono::seconds{1'795'341'600}}, ended = began + std::chrono::minutes{5},
                                                                      told = ended + std::chrono::seconds{3};
  record.recordings = {{"RE1", "in-progress", "", 0, "answer", began}, {"RE2", "completed", "", 0, "callback", told}};
  EXPECT_EQ(kept_audio_of(record)[0].told, began) << "the call goes on";
  record.ended = ended;
  EXPECT_EQ(kept_audio_of(record)[0].told, ended);
  EXPECT_EQ(kept_audio_of(record)[1].told, told);
}

TEST(KeptAudio, OfARecordThatDoesNotKnowItIsNoFact) {
  call_record record;
  EXPECT_FALSE(add_fact(record, gone({{"CA1"}, {"AC1"}, "RE1", true}, {})));
  EXPECT_FALSE(add_fact(record, gone({{"CA1"}, {"AC1"}, "RE1", false}, {})));
}

TEST(OwnAudio, IsGoneForWhoeverReadsTheRecord) {
  const call_record::time gone_at{std::chrono::hours{100}};
  call_record record;
  record.agent = {"agent_1"};
  for (const auto* conversation : {"conv_1", "conv_2", "conv_3"}) {
    call_record::vendor_report report;
    report.conversation = {conversation};
    report.agent = {"agent_1"};
    report.summary = "A haircut.";
    record.reports.push_back(report);
  }
  EXPECT_FALSE(has_own_audio(record));
  EXPECT_THAT(own_audio_gone(record, gone_at), IsEmpty());
  record.reports[0].audio_bytes = record.reports[1].audio_bytes = 4711;
  record.reports[1].audio_deleted = true;
  EXPECT_TRUE(has_own_audio(record));
  const auto facts = own_audio_gone(record, gone_at);
  ASSERT_EQ(facts.size(), 1u);
  EXPECT_TRUE(add_fact(record, facts[0]));
  EXPECT_FALSE(add_fact(record, facts[0]));
  EXPECT_TRUE(record.reports[0].audio_deleted);
  EXPECT_EQ(record.reports[0].audio_deleted_at, gone_at);
  EXPECT_EQ(record.reports[0].summary, "A haircut.");
  EXPECT_FALSE(record.reports[2].audio_deleted);
  EXPECT_THAT(own_audio_gone(record, gone_at), IsEmpty());
}

}  // namespace
}  // namespace tonris::model
