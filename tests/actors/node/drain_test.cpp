#include "actors/node/drain.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>

#include "tests/actors/telemetry/captured_log.hpp"

namespace tonris::actors::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using namespace std::chrono_literals;

/// A supervisor whose calls end, or do not, while it is asked how many there are.
struct draining {
  std::vector<std::string> heard;  ///< by whoever is told, in order; counts are not in it
  live_count now;
  int ends_after = 0;  ///< so many counts from now; 0: never
  bool silent = false;
};
caf::behavior supervisor_of(caf::event_based_actor* self, draining* told) {
  return {[told](stop_taking_calls) { told->heard.emplace_back("stop"); },
          [told](hand_over_calls) {
            told->heard.emplace_back("hand over");
            told->now.calls = 0;
          },
          [self, told](count_calls) -> caf::result<live_count> {
            if (told->silent) {
              self->quit();
              return caf::make_error(caf::sec::runtime_error);
            }
            if (told->ends_after > 0 && --told->ends_after == 0) told->now = {};
            return told->now;
          }};
}

class Drain : public testing::Test {
 protected:
  std::string drained(std::chrono::seconds for_calls, bool doors_stay) {
    captured_log log;
    caf::scoped_actor self{system_};
    drain(self, {supervisor_, for_calls, doors_stay, [this] { told.heard.emplace_back("close"); }, [this] { ++waited; },
                 [this] { return ringing > 0 ? ringing-- : 0; }, 50ms});
    (void)count_live_calls(self, supervisor_);  // what it was told before is heard by now
    self->send_exit(supervisor_, caf::exit_reason::user_shutdown);
    return log.text();
  }

  draining told;
  int waited = 0;           ///< how often `meanwhile` was called
  std::size_t ringing = 0;  ///< at first; one less each time somebody asks

 private:
  caf::actor_system_config settings_;
  caf::actor_system system_{settings_};
  call_supervisor supervisor_ = caf::actor_cast<call_supervisor>(system_.spawn(supervisor_of, &told));
};

TEST_F(Drain, IsDoneAtOnceWithoutACall) {
  EXPECT_EQ(drained(60s, false), "");
  EXPECT_THAT(told.heard, ElementsAre("stop", "hand over"));
  EXPECT_EQ(waited, 0);
}

TEST_F(Drain, WaitsForCallsThatRing) {
  ringing = 3;
  EXPECT_THAT(drained(60s, false), HasSubstr("Draining: 3 calls that this node has placed ring"));
  EXPECT_GE(waited, 3) << "the last may be answered by now, and is no live call yet";
}

TEST_F(Drain, LeavesCallsThatRingToTheNextLifeWhereTheDoorsStay) {
  ringing = 3;
  (void)drained(60s, true);
  EXPECT_EQ(waited, 0);
}

TEST_F(Drain, LetsCallsEnd) {
  told.now = {2, 0, 0};
  told.ends_after = 4;
  const auto said = drained(60s, false);
  EXPECT_THAT(said, HasSubstr("Draining: 2 live calls have 60 s to end\n"));
  EXPECT_THAT(said, Not(HasSubstr("Handing over")));
  EXPECT_GE(waited, 1);
}

TEST_F(Drain, HandsOverWhatIsLeft) {
  told.now = {2, 0, 0};
  EXPECT_THAT(drained(0s, false), HasSubstr("Handing over 2 calls\n"));
  EXPECT_THAT(told.heard, ElementsAre("stop", "hand over"));
}

TEST_F(Drain, WaitsForWhatTwilioHasStillToAsk) {
  told.now = {0, 1, 1};
  told.ends_after = 5;
  drained(60s, false);
  EXPECT_GE(waited, 2);
}

TEST_F(Drain, LeavesThatToTheNextLifeWhereTheDoorsStayAndClosesThemBeforeItHandsOver) {
  told.now = {0, 1, 1};
  drained(60s, true);
  EXPECT_EQ(waited, 0);
  EXPECT_THAT(told.heard, ElementsAre("stop", "close", "hand over"));
}

TEST_F(Drain, GoesOnWithoutASupervisorThatAnswers) {
  told.silent = true;
  const auto said = drained(0s, true);
  EXPECT_THAT(said, HasSubstr("Draining: the live calls have 0 s to end\n"));
  EXPECT_THAT(said, HasSubstr("Handing over the calls\n"));
}

}  // namespace
}  // namespace tonris::actors::test
