#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/send.hpp>
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "actors/leg/leg.hpp"
#include "actors/leg/loop_services.hpp"
#include "actors/runtime/loop_bound.hpp"
#include "actors/telemetry/metrics.hpp"
#include "tests/actors/fake_websocket.hpp"

namespace tonris::actors::test {

using namespace std::chrono_literals;

inline const model::call_sid some_call{"CA00000000000000000000000000000001"};
inline const model::account_sid some_account{"AC00000000000000000000000000000001"};
inline const model::stream_sid some_stream{"MZ00000000000000000000000000000001"};

/// A loop without a thread: its actors run when the fixture pumps it.
class test_loop final : public caf::execution_unit {
 public:
  explicit test_loop(caf::actor_system& system) : caf::execution_unit(&system) {}
  ~test_loop() override;
  void exec_later(caf::resumable* job) override;
  bool run_once();

 private:
  std::deque<caf::resumable*> ready_;
};

struct testing_settings : caf::actor_system_config {
  testing_settings() {
    set("scheduler.policy", caf::atom("testing"));
    set("logger.verbosity", caf::atom("quiet"));
  }
};

/// Actors in virtual time on one thread: messages run one at a time, in `settle`; time moves in `pass` only.
class ActorTest : public testing::Test {
 protected:
  ActorTest()
      : system(settings), scheduler(dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler())), unit(system) {
    services.unit = &unit;
    services.counters = &counters;
    services.take_over = [](const auto& socket, const auto& taken) { taken(socket); };
    services.open_agent_socket = [this](const std::string& url, auto options, auto done) {
      return dialler(url, std::move(options), std::move(done));
    };
  }

  void TearDown() override;

  void settle();
  void pass(caf::timespan time);
  void tick(int times = 1);

  std::shared_ptr<fake_websocket> make_socket();

  template <class Actor>
  Actor track(Actor actor) {
    spawned.push_back(caf::actor_cast<caf::actor>(actor));
    return actor;
  }
  /// A fake that understands what the test needs of a typed interface.
  template <class Interface>
  Interface track_as(caf::actor actor) {
    return caf::actor_cast<Interface>(track(std::move(actor)));
  }
  template <class Actor>
  static bool alive(const Actor& actor) {
    return !caf::actor_cast<caf::abstract_actor*>(actor)->getf(caf::abstract_actor::is_terminated_flag);
  }
  static leg& leg_of(const caf::actor& actor);

  /// The value of a counter, by the start of its line: `tonris_bad_messages_total{wire="twilio"}`. 0 when absent.
  double counted(std::string_view name) const;

  metrics counters;
  testing_settings settings;
  caf::actor_system system;
  caf::scheduler::test_coordinator& scheduler;
  const std::size_t idle_actors = system.registry().running();
  test_loop unit;
  net::loop io{"never-started"};
  std::function<bool()> pump_io;  ///< runs what was posted to `io`, where a test needs that; did anything run?
  fake_dialler dialler;
  loop_services services;
  std::vector<std::shared_ptr<fake_websocket>> sockets;
  std::vector<caf::actor> spawned;
};

}  // namespace tonris::actors::test
