#include "model/call/learned_facts.hpp"

#include <gtest/gtest.h>

#include "tests/model/call/whole_record.hpp"

namespace tonris::model {
namespace {

TEST(LearnedFacts, BringAnotherRecordOfTheCallToWhatThisOneHasLearned) {
  const auto knows = test::whole_record();
  auto other = without_facts(knows);
  EXPECT_TRUE(facts_in(other).empty());
  for (const auto& fact : facts_in(knows)) EXPECT_TRUE(add_fact(other, fact));
  EXPECT_EQ(other.voicemail, knows.voicemail);
  EXPECT_EQ(other.tool_calls, knows.tool_calls);
  EXPECT_EQ(other.notes, knows.notes);
  EXPECT_EQ(other.reports, knows.reports);
  EXPECT_EQ(other.legs, knows.legs);
  EXPECT_EQ(other.recordings, knows.recordings);
  EXPECT_EQ(other.twilio, knows.twilio);
  EXPECT_EQ(other.heard, knows.heard);
  EXPECT_EQ(other.cut_off, knows.cut_off);
  for (const auto& fact : facts_in(knows)) EXPECT_FALSE(add_fact(other, fact)) << "told twice";
}

TEST(LearnedFacts, TellOfADeletedRecordingWhichOneThatIs) {
  auto before = test::whole_record();
  before.voicemail[0].deleted = false;
  before.voicemail[0].deleted_at.reset();
  auto owner = before;
  auto learned = without_facts(before);
  auto recording = before.recordings[0];
  recording.status = "deleted";
  auto message = before.voicemail[0];
  message.deleted = true;
  collect_fact(learned, before, recording);
  collect_fact(learned, before, message);
  auto stranger = without_facts(before);
  for (auto* const to : {&owner, &stranger})
    for (const auto& fact : facts_in(learned)) (void)add_fact(*to, fact);
  ASSERT_EQ(stranger.recordings.size(), 1u) << "who has not heard of it either";
  EXPECT_EQ(stranger.recordings[0].status, "deleted");
  EXPECT_TRUE(stranger.voicemail.at(0).deleted);
  EXPECT_EQ(owner.recordings[0].status, "deleted");
  EXPECT_TRUE(owner.voicemail[0].deleted);
  EXPECT_EQ(owner.recordings[1], before.recordings[1]);
}

TEST(LearnedFacts, NeedNothingOfWhatWasSaidOrWhoCalled) {
  const auto empty = without_facts(test::whole_record());
  EXPECT_TRUE(empty.transcript.empty());
  EXPECT_EQ(empty.from, "");
  EXPECT_EQ(empty.to, "");
}

}  // namespace
}  // namespace tonris::model
