#include "actors/call/step_pace.hpp"

#include <gtest/gtest.h>

namespace tonris::actors {
namespace {

using namespace std::chrono_literals;

TEST(StepPace, DoesAsMuchAtOnceAsCostsWhatAStepMay) {
  struct step {
    std::chrono::nanoseconds cost;
    bool was_whole;
    std::int64_t next;
  };
  const step steps[] = {{4ms, true, 50},      // half of it
                        {500us, true, 100},   // no more than twice as much at once
                        {1ms, true, 200},     //
                        {100us, true, 200},   // the most
                        {100us, false, 200},  // it found nothing more
                        {3ms, false, 133},    // and cost too much all the same
                        {1s, true, 7},        // the least
                        {0ns, true, 14}};
  step_pace pace{{100, 7, 200}};
  EXPECT_EQ(pace.amount(), 100);
  for (const auto& one : steps) {
    pace.cost(one.cost, one.was_whole);
    EXPECT_EQ(pace.amount(), one.next);
  }
}

TEST(StepPace, PausesSoThatAllStepsAreAPartOfTheTime) {
  step_pace pace{{10, 1, 10}};
  EXPECT_EQ(pace.pause(500), step_pace::shortest) << "it has cost nothing yet";
  pace.cost(1'200us, true);
  EXPECT_EQ(pace.pause(500), 600ms);
  EXPECT_EQ(pace.pause(1'000), 1'200ms);
  EXPECT_EQ(pace.pause(50), step_pace::shortest);
  pace.cost(2s, true);
  EXPECT_EQ(pace.pause(500), step_pace::longest) << "it comes to an end";
}

}  // namespace
}  // namespace tonris::actors
