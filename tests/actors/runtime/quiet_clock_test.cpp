#include "actors/runtime/quiet_clock.hpp"

#include <gtest/gtest.h>
#include <sched.h>

#include <atomic>
#include <caf/all.hpp>
#include <chrono>
#include <thread>
#include <vector>

#include "actors/runtime/ask.hpp"

namespace tonris::actors {
namespace {

using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

/// Real time: what sleeps here is the clock's own thread. Only a broken clock lets a test wait for `never`.
class QuietClock : public testing::Test {
 protected:
  static constexpr auto never = 20s;

  QuietClock() : system(with_clock(settings)) {}
  static caf::actor_system_config& with_clock(caf::actor_system_config& with) {
    use_quiet_clock(with);
    with.set("logger.verbosity", caf::atom("quiet"));
    return with;
  }
  void send_after(const caf::scoped_actor& self, steady::duration wait, int what) {
    caf::delayed_anon_send(caf::actor_cast<caf::actor>(self), wait, what);
  }
  static int next(caf::scoped_actor& self) {
    int got = -1;
    self->receive([&](int what) { got = what; }, caf::after(never) >> [] {});
    return got;
  }

  caf::actor_system_config settings;
  caf::actor_system system;
};

TEST_F(QuietClock, DeliversInTheOrderOfTheTimes) {
  caf::scoped_actor self{system};
  send_after(self, 60ms, 3);
  send_after(self, 40ms, 2);
  send_after(self, 20ms, 1);
  EXPECT_EQ(next(self), 1);
  EXPECT_EQ(next(self), 2);
  EXPECT_EQ(next(self), 3);
}

TEST_F(QuietClock, IsWokenForWhatIsDueBeforeThatItSleepsFor) {
  caf::scoped_actor self{system};
  send_after(self, 1h, 2);
  std::this_thread::sleep_for(20ms);  // it sleeps for the hour
  send_after(self, 1ms, 1);
  EXPECT_EQ(next(self), 1);
}

TEST_F(QuietClock, DeliversNothingEarly) {
  caf::scoped_actor self{system};
  const auto began = steady::now();
  send_after(self, 50ms, 1);
  EXPECT_EQ(next(self), 1);
  EXPECT_GE(steady::now() - began, 50ms);
}

TEST_F(QuietClock, EndsARequestThatNobodyAnswers) {
  const auto mute = system.spawn([](caf::event_based_actor* self) -> caf::behavior {
    self->set_default_handler(caf::skip);
    return {[](caf::unit_t) {}};
  });
  caf::scoped_actor self{system};
  caf::error why;
  self->request(mute, 30ms, 1).receive([](int) {}, [&](const caf::error& e) { why = e; });
  EXPECT_EQ(why, caf::sec::request_timeout);
  caf::anon_send_exit(mute, caf::exit_reason::kill);
}

/// Asks `left` times, one after the other, with a limit that is never reached.
struct asker {
  static caf::behavior behavior(caf::event_based_actor* self, const caf::actor& whom, int left,
                                std::atomic<int>* answers, std::atomic<int>* failures) {
    self->send(self, left);
    return {[=](int more) {
      ask(self, whom, 10s, more)
          .then(
              [=](int) {
                ++*answers;
                if (more > 1)
                  self->send(self, more - 1);
                else
                  self->quit();
              },
              [=](const caf::error&) {
                ++*failures;
                self->quit();
              });
    }};
  }
};

TEST_F(QuietClock, TakesRequestsOfManyThreads) {
  constexpr int askers = 4, each = 500;
  std::atomic<int> answers{0}, failures{0};
  const auto echo = system.spawn([](caf::event_based_actor*) -> caf::behavior { return {[](int n) { return n; }}; });
  std::vector<caf::actor> all;
  all.reserve(askers);
  for (int i = 0; i < askers; ++i)
    all.push_back(system.spawn<caf::detached>(asker::behavior, echo, each, &answers, &failures));
  caf::scoped_actor self{system};
  self->wait_for(all);
  EXPECT_EQ(answers, askers * each);
  EXPECT_EQ(failures, 0);
  caf::anon_send_exit(echo, caf::exit_reason::kill);
}

TEST(QuietClockWorkers, AreNoMoreThanTheCoresThatAreOurs) {
  cpu_set_t ours, one;
  ASSERT_EQ(sched_getaffinity(0, sizeof ours, &ours), 0);
  CPU_ZERO(&one);
  for (std::size_t core = 0; CPU_COUNT(&one) == 0; ++core)
    if (CPU_ISSET(core, &ours)) CPU_SET(core, &one);
  const auto workers = [] {
    caf::actor_system_config settings;
    use_quiet_clock(settings);
    caf::actor_system system{settings};
    return system.scheduler().num_workers();
  };
  EXPECT_EQ(workers(), CPU_COUNT(&ours) == 1 ? 1u : 2u);
  ASSERT_EQ(sched_setaffinity(0, sizeof one, &one), 0);
  EXPECT_EQ(workers(), 1u);
  sched_setaffinity(0, sizeof ours, &ours);
}

/// CAF waits at its end for each detached actor: one that a timeout still held would hang it.
TEST(QuietClockShutdown, DropsWhatIsNotDueYet) {
  const auto alive = std::make_shared<int>(0);
  {
    caf::actor_system_config settings;
    use_quiet_clock(settings);
    settings.set("logger.verbosity", caf::atom("quiet"));
    caf::actor_system system{settings};
    const auto holder = system.spawn<caf::detached>(
        [alive](caf::event_based_actor*) -> caf::behavior { return {[alive](int) { ++*alive; }}; });
    caf::delayed_anon_send(holder, 1h, 1);
    caf::anon_send_exit(holder, caf::exit_reason::kill);
  }
  EXPECT_EQ(*alive, 0);
  EXPECT_EQ(alive.use_count(), 1);
}

}  // namespace
}  // namespace tonris::actors
