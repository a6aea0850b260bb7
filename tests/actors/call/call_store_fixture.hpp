#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actors/call/call_store.hpp"
#include "actors/call/depths.hpp"
#include "tests/actors/real_actors.hpp"
#include "tests/actors/store/stored_calls.hpp"
#include "tests/metric_in.hpp"
#include "tests/waiting.hpp"

namespace tonris::actors::test {

using tonris::test::comes_to;

/// A real actor system, real time and real files: a detached actor knows no others.
class CallStore : public testing::Test {
 protected:
  ~CallStore() override { end(); }

  node_part part() {
    node_part part;
    part.name = "call_store";
    part.healthy = [this](bool now) { healthy = now; };
    part.random = [] { return 0u; };  // the shortest waits
    part.counters = &counters;
    return part;
  }
  void open() {
    auto made = open_sqlite_store(system, directory.data(), part());
    ASSERT_TRUE(made) << made.error();
    store = std::move(*made);
  }
  /// As a node does that goes down in order.
  void end() {
    if (!store.actor) return;
    caf::anon_send_exit(store.actor, caf::exit_reason::user_shutdown);
    store = {};
    system.await_all_actors_done();
  }
  template <class Answer, class Question>
  std::optional<Answer> ask(Question question, std::chrono::milliseconds within = std::chrono::seconds{10}) {
    return answer_of<Answer>(system, store.actor, std::move(question), within);
  }
  bool flush() { return ask<store_flushed>(flush_store{}).has_value(); }
  open_calls calls() { return ask<open_calls>(load_open_calls{}).value_or(open_calls{}); }
  std::string record(const model::call_sid& call = some_call) {
    return ask<found_record>(find_record{call}).value_or(found_record{"no answer"}).json;
  }
  std::vector<model::timeline_event> events(const model::call_sid& call = some_call) {
    return ask<found_events>(find_events{call}).value_or(found_events{}).events;
  }
  void note(std::string detail, std::chrono::system_clock::time_point at = now()) {
    store.journal->event({some_call, at, model::call_moment::agent_said, std::move(detail)});
  }
  double counted(std::string_view name) const { return tonris::test::metric_in(counters.render(), name); }
  /// As who gathers the figures brings them up to date.
  double depth(std::string_view name) {
    counters.of<call_depths>().store_is(store.journal->depth(), std::chrono::steady_clock::now());
    return counted(name);
  }

  a_directory directory;
  metrics counters;
  std::atomic<bool> healthy{true};
  real_settings settings;
  caf::actor_system system{settings};
  opened_store store;
};

}  // namespace tonris::actors::test
