#include "actors/leg/watched_levels.hpp"

#include "tests/actors/leg/caller_leg_fixture.hpp"

namespace tonris::actors::test {
namespace {

/// A caller leg in time, and whoever watches how loud it is.
class WatchedLevels : public CallerLeg {
 protected:
  void SetUp() override {
    CallerLeg::SetUp();
    begin();
    agent_arrives();
    settle();
  }
  /// So many tenths of a second, in which the caller's frames come.
  void passes(int tenths, std::uint8_t sample) {
    for (int n = 0; n < tenths; ++n) {
      for (int frame = 0; frame < 5; ++frame) socket->say(twilio_media(ulaw(160, sample), ++chunk_));
      pass(100ms);
      tick();
    }
  }
  level_watch watches() { return level_watch{std::shared_ptr<level_meter>{bridge->counters, &levels()}}; }
  level_meter& levels() { return bridge->counters->levels; }
  double measured() { return counted("tonris_call_levels_total"); }

  static constexpr std::uint8_t loud = 0x00, silent = 0xFF;
};

TEST_F(WatchedLevels, AreNoneWhileNobodyWatches) {
  passes(50, loud);
  EXPECT_EQ(measured(), 0);
  EXPECT_EQ(levels().get().number, 0u);
}

TEST_F(WatchedLevels, AreFiveASecondForAsLongAsSomebodyDoes) {
  {
    const auto watch = watches();
    passes(1, loud);
    passes(20, loud);
    EXPECT_EQ(measured(), 10);
    const auto other = watches();
    passes(10, loud);
    EXPECT_EQ(measured(), 15) << "once, for all who watch";
  }
  passes(50, loud);
  EXPECT_EQ(measured(), 15) << "and none when they are gone";
}

TEST_F(WatchedLevels, AreThoseOfBothSides) {
  const auto watch = watches();
  passes(1, silent);
  passes(10, loud);
  EXPECT_NEAR(levels().get().caller_tenths, 30, 5) << "the loudest that there is";
  EXPECT_EQ(levels().get().agent_tenths, -900);
  play(ulaw(8000, loud));  // a second, at once
  passes(6, silent);
  EXPECT_EQ(levels().get().caller_tenths, -900);
  EXPECT_GT(levels().get().agent_tenths, 0);
  passes(10, silent);
  EXPECT_EQ(levels().get().agent_tenths, -900) << "he has heard it all";
}

TEST_F(WatchedLevels, OfAnAgentThatIsInterruptedFall) {
  const auto watch = watches();
  passes(1, silent);
  play(ulaw(80'000, loud));
  passes(4, silent);
  EXPECT_GT(levels().get().agent_tenths, 0);
  leg_of(subject).deliver(agent_interrupted{});
  passes(6, silent);
  EXPECT_EQ(levels().get().agent_tenths, -900);
}

}  // namespace
}  // namespace tonris::actors::test
