#include "actors/runtime/io_loop.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <thread>
#include <vector>

#include "actors/runtime/crash.hpp"
#include "actors/runtime/loop_bound.hpp"
#include "actors/runtime/quiet_clock.hpp"
#include "actors/telemetry/metrics.hpp"
#include "net/run_on.hpp"
#include "tests/sanitized.hpp"

namespace tonris::actors {
namespace {

using namespace std::chrono_literals;

struct seen {
  std::atomic<int> messages{0}, elsewhere{0}, ended{0};
};

/// Answers numbers, notes on which thread it runs; throws at -1, ends at -2.
class worker : public loop_bound {
 public:
  worker(caf::actor_config& config, net::loop& home, metrics& counters, std::shared_ptr<seen> notes)
      : loop_bound(config), home_(home), counters_(counters), notes_(std::move(notes)) {}
  caf::behavior make_behavior() override {
    set_exception_handler([this](std::exception_ptr& thrown) { return crash_error(thrown, counters_, "worker"); });
    live_until_exit();
    note();
    return {[this](int number) {
              note();
              if (number == -1) throw std::runtime_error("as asked");
              if (number == -2) quit();
              ++notes_->messages;
              return number + 1;
            },
            [this](const caf::actor& other, int number) {
              note();
              send(other, number);
            }};
  }
  void on_exit() override {
    note();
    ++notes_->ended;
    loop_bound::on_exit();
  }

 private:
  void note() {
    if (!home_.on_thread()) ++notes_->elsewhere;
  }
  net::loop& home_;
  metrics& counters_;
  std::shared_ptr<seen> notes_;
};

class IoLoop : public testing::Test {
 protected:
  IoLoop() : system(sharing(settings)), unit(system, io) { io.start(); }
  ~IoLoop() override {
    for (const auto& actor : workers)
      if (auto handle = caf::actor_cast<caf::actor>(actor)) caf::anon_send_exit(handle, caf::exit_reason::kill);
    system.await_all_actors_done();
    io.stop();
  }
  static caf::actor_system_config& sharing(caf::actor_system_config& with) {
    use_quiet_clock(with);
    with.set("logger.verbosity", caf::atom("quiet"));
    return with;
  }

  caf::actor spawn(std::shared_ptr<seen> notes = std::make_shared<seen>()) {
    auto actor = spawn_on<worker>(system, unit, std::ref(io), std::ref(counters), std::move(notes));
    workers.push_back(caf::actor_cast<caf::actor_addr>(actor));
    return actor;
  }
  /// Bounded; generous, since only a broken build waits that long.
  template <class Condition>
  static bool eventually(Condition holds) {
    for (int i = 0; i < 20'000; ++i) {
      if (holds()) return true;
      std::this_thread::sleep_for(1ms);
    }
    return false;
  }
  template <class Work>
  auto on_loop(Work work) {
    return net::run_on(io, std::move(work));
  }
  static loop_bound* pointer(const caf::actor& actor) {
    return static_cast<loop_bound*>(caf::actor_cast<caf::abstract_actor*>(actor));
  }

  metrics counters;
  caf::actor_system_config settings;
  caf::actor_system system;
  net::loop io{"test-io"};
  io_loop unit;
  std::vector<caf::actor_addr> workers;
};

TEST_F(IoLoop, RunsAnActorOnItsThreadOnlyWhoeverSends) {
  const auto notes = std::make_shared<seen>();
  const auto actor = spawn(notes);
  constexpr int each = sanitized ? 200 : 5'000;  // with tsan each hand-over inside CAF costs a suppressed report
  constexpr int senders = 4;
  std::vector<std::thread> threads;
  for (int t = 0; t < senders; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < each; ++i) caf::anon_send(actor, i);
    });
  for (auto& thread : threads) thread.join();
  EXPECT_TRUE(eventually([&] { return notes->messages == senders * each; })) << notes->messages;
  EXPECT_EQ(notes->elsewhere, 0);
}

TEST_F(IoLoop, AnswersRequestsFromOtherThreads) {
  const auto actor = spawn();
  caf::scoped_actor self{system};
  int answer = 0;
  self->request(actor, 20s, 41).receive([&](int number) { answer = number; }, [](const caf::error&) {});
  EXPECT_EQ(answer, 42);
}

TEST_F(IoLoop, LetsAnExceptionEndOneActorOnly) {
  const auto notes = std::make_shared<seen>();
  const auto bad = spawn(notes), good = spawn();
  caf::scoped_actor self{system};
  self->monitor(bad);
  caf::anon_send(bad, -1);
  bool crashed = false;
  self->receive([&](const caf::down_msg& down) { crashed = is_crash(down.reason); },
                caf::after(20s) >> [] { ADD_FAILURE() << "no down message"; });
  EXPECT_TRUE(crashed);
  EXPECT_EQ(notes->ended, 1);
  EXPECT_EQ(notes->elsewhere, 0);
  int answer = 0;
  self->request(good, 20s, 1).receive([&](int number) { answer = number; }, [](const caf::error&) {});
  EXPECT_EQ(answer, 2);
}

TEST_F(IoLoop, AnswersTheRequestThatEndedAnActor) {
  const auto bad = spawn();
  caf::scoped_actor self{system};
  bool refused = false;
  self->request(bad, 20s, -1).receive([](int) {}, [&](const caf::error& why) { refused = is_crash(why); });
  EXPECT_TRUE(refused);
}

TEST_F(IoLoop, DeliversAtOnceAndSaysWhenTheActorHasEnded) {
  const auto notes = std::make_shared<seen>();
  const auto actor = spawn(notes);
  auto* const raw = pointer(actor);
  EXPECT_TRUE(on_loop([&] { return raw->deliver(1) && notes->messages == 1; }));
  EXPECT_FALSE(on_loop([&] { return raw->deliver(-2); })) << "ended by this message";
  EXPECT_FALSE(on_loop([&] { return raw->deliver(1); })) << "ended before it";
  EXPECT_EQ(notes->messages, 2);
  EXPECT_EQ(notes->ended, 1);
}

TEST_F(IoLoop, KeepsAnExceptionOutOfASocketsCallback) {
  const auto actor = spawn();
  auto* const raw = pointer(actor);
  EXPECT_FALSE(on_loop([&] { return raw->deliver(-1); }));
  EXPECT_TRUE(on_loop([] { return true; })) << "the loop goes on";
}

TEST_F(IoLoop, KeepsAnActorWithoutHandlesAliveUntilItEnds) {
  const auto notes = std::make_shared<seen>();
  auto actor = spawn(notes);
  auto* const raw = pointer(actor);
  on_loop([&] { return raw->deliver(1); });
  actor = nullptr;
  EXPECT_TRUE(on_loop([&] { return raw->deliver(1); }));
  EXPECT_EQ(notes->ended, 0);
  on_loop([&] { return raw->deliver(-2); });
  EXPECT_EQ(notes->ended, 1);
  EXPECT_EQ(notes->elsewhere, 0);
  EXPECT_TRUE(eventually([&] { return notes.use_count() == 1; })) << "the actor is never destroyed";
}

TEST_F(IoLoop, NeverRunsAnOrdinaryActor) {
  std::atomic<int> on_the_loop{0}, messages{0};
  const auto ordinary = system.spawn([&](caf::event_based_actor*) -> caf::behavior {
    return {[&](int) {
      if (io.on_thread()) ++on_the_loop;
      ++messages;
    }};
  });
  const auto actor = spawn();
  for (int i = 0; i < 100; ++i) caf::anon_send(actor, ordinary, i);
  EXPECT_TRUE(eventually([&] { return messages == 100; }));
  EXPECT_EQ(on_the_loop, 0);
  caf::anon_send_exit(ordinary, caf::exit_reason::kill);
}

/// Never comes to rest.
class restless final : public loop_bound {
 public:
  explicit restless(caf::actor_config& config) : loop_bound(config) {}
  caf::behavior make_behavior() override {
    live_until_exit();
    send(this, 0);
    return {[this](int number) { send(this, number); }};
  }
};

TEST_F(IoLoop, GivesOtherWorkItsTurnWhileAnActorNeverRests) {
  workers.push_back(caf::actor_cast<caf::actor_addr>(spawn_on<restless>(system, unit)));
  const auto other = spawn();
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(on_loop([] { return true; }));
  caf::scoped_actor self{system};
  int answer = 0;
  self->request(other, 20s, 1).receive([&](int number) { answer = number; }, [](const caf::error&) {});
  EXPECT_EQ(answer, 2);
}

TEST_F(IoLoop, SpawnsFromItsOwnThread) {
  const auto notes = std::make_shared<seen>();
  on_loop([&] {
    caf::anon_send(spawn(notes), 1);
    return 0;
  });
  EXPECT_TRUE(eventually([&] { return notes->messages == 1; }));
  EXPECT_EQ(notes->elsewhere, 0);
}

TEST(IoLoopShutdown, ReleasesActorsItNeverRan) {
  const auto notes = std::make_shared<seen>();
  metrics counters;
  caf::actor_system_config settings;
  settings.set("logger.verbosity", caf::atom("quiet"));
  caf::actor_system system{settings};
  system.await_actors_before_shutdown(false);  // one that never ran never ends
  {
    net::loop io{"never-started"};
    io_loop unit{system, io};
    spawn_on<worker>(system, unit, std::ref(io), std::ref(counters), notes);
  }
  EXPECT_EQ(notes.use_count(), 1);
}

}  // namespace
}  // namespace tonris::actors
