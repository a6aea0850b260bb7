/// settings.deadAir: a sound for a caller whom a live agent lets wait.
#include "model/audio/dead_air.hpp"

#include "tests/actors/call/talking_caller.hpp"

namespace tonris::actors::test {
namespace {

class DeadAir : public TalkingCaller {
 protected:
  void SetUp() override {
    CallTest::SetUp();
    tenant->dead_air = model::tenant::dead_air_type{model::tenant::dead_air_type::sound_type::soft, 1500};
    talk();
    line(10, {0xFF});
  }

  std::size_t pieces() const {
    std::size_t found = 0;
    for (std::size_t n = 0; n < 20; ++n)
      for (const auto& message : twilio->sent)
        found += message == media_out(model::dead_air_piece(model::dead_air_sound::soft, n));
    return found;
  }
};

TEST_F(DeadAir, FillsTheTimeInWhichTheAgentThinks) {
  talks(5);
  is_silent(14);
  EXPECT_EQ(pieces(), 0u);
  is_silent(3);
  EXPECT_GE(pieces(), 2u);
  agent->say(agent_says(ulaw(160, 0x22)));
  EXPECT_EQ(twilio->sent[twilio->sent.size() - 2], clear_out());
  EXPECT_EQ(twilio->sent.back(), media_out(ulaw(160, 0x22)));
  const auto heard = pieces();
  is_silent(30);
  EXPECT_EQ(pieces(), heard) << "now it is the caller's turn";
}

TEST_F(DeadAir, IsNothingForACallerWhoIsAnsweredWhileHeStops) {
  talks(5);
  agent->say(agent_says(ulaw(16'000, 0x22)));  // two seconds
  is_silent(60);
  EXPECT_EQ(pieces(), 0u) << "it is his turn, and nobody lets him wait";
}

TEST_F(DeadAir, IsGoneWithTheCallersNextWord) {
  talks(5);
  is_silent(20);
  ASSERT_GT(pieces(), 0u);
  talks(4);
  EXPECT_EQ(twilio->sent.back(), clear_out());
}

TEST_F(DeadAir, IsNothingForACallerWhoHasNotSpoken) {
  is_silent(100);
  line(1, {0x10});
  is_silent(50);
  EXPECT_EQ(pieces(), 0u) << "a click is no word";
}

TEST_F(DeadAir, EndsWhereTheAgentIsLostAndTheHoldToneTakesItsPlace) {
  talks(5);
  is_silent(20);
  const auto heard = pieces();
  ASSERT_GT(heard, 0u);
  agent->end(net::errc::reset);
  settle();
  is_silent(5);
  EXPECT_LE(pieces(), heard + 1);
}

TEST_F(DeadAir, EndsByItselfForAnAgentThatMeansItsSilence) {
  talks(5);
  is_silent(15 + 10 * 20 + 5);
  const auto heard = pieces();
  EXPECT_GT(heard, 150u);
  is_silent(30);
  EXPECT_EQ(pieces(), heard);
}

}  // namespace
}  // namespace tonris::actors::test
