#include "actors/leg/caller_leg.hpp"

#include "tests/actors/leg/caller_leg_fixture.hpp"

namespace tonris::actors::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// --- audio from the caller

TEST_F(CallerLeg, HandsFramesToTheAgentAsTheyCame) {
  begin();
  agent_arrives();
  for (int i = 1; i <= 20; ++i) socket->say(twilio_media(ulaw(160, static_cast<std::uint8_t>(i)), i));
  ASSERT_EQ(heard->audio.size(), 20u);
  for (std::size_t i = 0; i < 20; ++i) EXPECT_EQ(heard->audio[i], ulaw(160, static_cast<std::uint8_t>(i + 1)));
  EXPECT_EQ(bridge->counters->read().frames_from_caller, 20u);
  EXPECT_GT(bridge->counters->added_latency.count(), 0u);
}

TEST_F(CallerLeg, HandsOnNoEmptyFrame) {
  begin();
  agent_arrives();
  socket->say(twilio_media(""));
  EXPECT_TRUE(heard->audio.empty());
  EXPECT_EQ(bridge->counters->read().frames_from_caller, 0u);
}

TEST_F(CallerLeg, KeepsFramesWhileNoAgentHears) {
  begin();
  for (int i = 1; i <= 3; ++i) socket->say(twilio_media(ulaw(160), i));
  EXPECT_EQ(bridge->backlog.frames(), 3u);
  EXPECT_EQ(bridge->counters->read().frames_from_caller, 3u);
}

TEST_F(CallerLeg, KeepsFiveSecondsAtMost) {
  begin();
  for (int i = 1; i <= 300; ++i) socket->say(twilio_media(ulaw(160), i));
  EXPECT_EQ(bridge->backlog.bytes(), 40'000u);
  EXPECT_EQ(bridge->backlog.take_dropped(), 50u);
}

TEST_F(CallerLeg, TakesTheAudioOfAFrameWithAnOddCounter) {
  begin();
  agent_arrives();
  socket->say(R"({"event":"media","media":{"payload":"VVVV","chunk":"1.5"}})");
  EXPECT_THAT(heard->audio, ElementsAre("VVVV"));
}

// --- on hold

TEST_F(CallerLeg, GivesTheAgentSilenceWhileTheCallerIsOnHold) {
  begin();
  agent_arrives();
  caf::anon_send(subject, put_on_hold{30s});
  settle();
  socket->say(twilio_media(ulaw(160), 1));
  EXPECT_THAT(heard->audio, ElementsAre(ulaw(160, 0xFF)));
  caf::anon_send(subject, take_back{});
  settle();
  socket->say(twilio_media(ulaw(160), 2));
  EXPECT_EQ(heard->audio.back(), ulaw(160));
}

TEST_F(CallerLeg, PlaysAHoldToneToACallerOnHoldAndTakesHimBackInTime) {
  begin();
  agent_arrives();
  caf::anon_send(subject, put_on_hold{30s});
  settle();
  const auto frames = [this](int seconds) {
    for (int n = 0; n < seconds; ++n) {
      socket->say(twilio_media(ulaw(160), ++chunk_));
      pass(1s);
      tick(10);
    }
  };
  frames(29);
  EXPECT_TRUE(bridge->on_hold());
  EXPECT_GT(pieces().size(), 200u) << "the tone";
  EXPECT_EQ(bridge->counters->last_heard(), scheduler.clock().now()) << "he hears something";
  EXPECT_EQ(told->holds_over, 0);
  frames(2);
  EXPECT_FALSE(bridge->on_hold());
  EXPECT_EQ(told->holds_over, 1);
  const auto before = pieces().size();
  frames(5);
  EXPECT_EQ(pieces().size(), before) << "no tone any more";
}

TEST_F(CallerLeg, EndsTheHoldWithItself) {
  begin();
  caf::anon_send(subject, put_on_hold{30s});
  settle();
  socket->say(twilio_stop());
  settle();
  EXPECT_FALSE(bridge->on_hold());
}

// --- frames that are missing, and frames that are late

TEST_F(CallerLeg, FillsWhatTimestampsSayIsMissing) {
  begin();
  agent_arrives();
  socket->say(twilio_media(ulaw(160), 1));
  socket->say(twilio_media(ulaw(160), 13));  // eleven of 20 ms are missing: 220 ms
  ASSERT_EQ(heard->audio.size(), 5u);
  EXPECT_EQ(heard->audio[1], ulaw(800, 0xFF));
  EXPECT_EQ(heard->audio[2], ulaw(800, 0xFF));
  EXPECT_EQ(heard->audio[3], ulaw(160, 0xFF));
  EXPECT_EQ(bridge->counters->read().frames_from_caller, 2u);
}

TEST_F(CallerLeg, KeepsASecondOfAGapAtMostForAnAgentWhoIsNotThereYet) {
  begin();
  socket->say(twilio_media(ulaw(160), 1));
  socket->say(twilio_media(ulaw(160), 301));
  EXPECT_EQ(bridge->backlog.bytes(), 8000u + 2 * 160);
}

TEST_F(CallerLeg, LeavesOutSilenceThatComesLate) {
  begin();
  agent_arrives();
  socket->say(twilio_media(ulaw(160), 1));
  for (int i = 0; i < 12; ++i) (void)bridge->gaps.tick();  // the agent leg fills in 100 ms
  for (int chunk = 2; chunk <= 6; ++chunk) socket->say(twilio_media(ulaw(160, 0x20), chunk));
  EXPECT_EQ(heard->audio.size(), 6u) << "speech reaches the agent whole";
  for (int chunk = 7; chunk <= 20; ++chunk) socket->say(twilio_media(ulaw(160, 0xFF), chunk));
  EXPECT_EQ(heard->audio.size(), 6u + 14 - 5) << "and 100 ms of the pause behind it are taken back";
}

TEST_F(CallerLeg, DoesNotHandTheAgentItsOwnAudio) {
  begin();
  agent_arrives();
  auto outbound = twilio_media(ulaw(160));
  outbound.replace(outbound.find("inbound"), 7, "outbound");
  socket->say(outbound);
  EXPECT_THAT(heard->audio, IsEmpty());
}

}  // namespace
}  // namespace tonris::actors::test
