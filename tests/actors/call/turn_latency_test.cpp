/// How long callers wait for an answer, as their record tells it.
#include "model/latency/turns.hpp"

#include "tests/actors/call/talking_caller.hpp"

namespace tonris::actors::test {
namespace {

class TurnLatency : public TalkingCaller {
 protected:
  void SetUp() override {
    TalkingCaller::SetUp();
    talk();
    line(10, {0xFF});
  }
  void answers() { agent->say(agent_says(ulaw(1'600, 0x22))); }
  model::turn_latency told() {
    const auto described = ask<call_description>(describe_call{some_call}).value_or(call_description{});
    return model::parse_call_record(described.json).value().media.turns;
  }
};

TEST_F(TurnLatency, IsFromTheEndOfWhatTheCallerSaidToTheAnswer) {
  talks(5);
  is_silent(12);
  answers();
  is_silent(20);
  const auto once = told();
  EXPECT_EQ(once.count, 1u);
  EXPECT_NEAR(once.worst_ms, 1200, 150);
  talks(5);
  is_silent(20);
  answers();
  is_silent(20);
  const auto twice = told();
  EXPECT_EQ(twice.count, 2u);
  EXPECT_NEAR(twice.worst_ms, 2000, 150);
}

TEST_F(TurnLatency, IsNoneOfAGreetingOrAnInterruption) {
  answers();
  is_silent(20);
  talks(3);
  answers();
  is_silent(20);
  EXPECT_LE(told().worst_ms, 150u) << "it began while he talked, or just behind his last word";
}

TEST_F(TurnLatency, CountsACallerWhoGoesOnFromHisLastWord) {
  talks(5);
  is_silent(12);
  talks(5);
  is_silent(9);
  answers();
  is_silent(20);
  const auto one = told();
  EXPECT_EQ(one.count, 1u);
  EXPECT_NEAR(one.worst_ms, 900, 150);
}

}  // namespace
}  // namespace tonris::actors::test
