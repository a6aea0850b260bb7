#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "actors/records/reader.hpp"
#include "actors/records/resender.hpp"
#include "actors/records/sender.hpp"
#include "actors/runtime/io_loop.hpp"
#include "tests/actors/real_actors.hpp"
#include "tests/actors/store/shared_stores.hpp"
#include "tests/metric_in.hpp"
#include "tests/waiting.hpp"

namespace tonris::actors::test {

using namespace std::chrono_literals;
using tonris::test::comes_to;

/// Nodes as far as they share records: real stores, a real Redis, real time; who keeps anything else of calls is a
/// fake that writes down what it was told to forget, or to learn.
class SharingNodes : public testing::Test {
 protected:
  struct node {
    std::string name, url;
    a_directory directory;
    opened_store store{};
    record_sending sender{};
    record_resending resender{};
    record_reading reader{};
    std::vector<caf::actor> keepers{};
    std::mutex lock{};
    std::vector<std::string> forgotten{};  ///< by whom, of which call
    std::vector<std::string> learned{};
    std::vector<std::string> told_first{};  ///< messages of which Twilio had told before their records came
    std::vector<model::call_sid> alive{};
    bool refuses{};           ///< its supervisor does, to forget
    std::string out{}, in{};  ///< its troubles
    std::atomic<bool> has_all{false};
    std::atomic<int> lacked{0};  ///< so often it was told that it has not all
    std::shared_ptr<const model::field_seal> seal =
        std::make_shared<const model::field_seal>(std::vector<model::derived_keys>{});
    metrics counters{};
  };

  ~SharingNodes() override { end(); }
  void end() {
    for (const auto& one : nodes_) stop(*one);
    system.await_all_actors_done();
    nodes_.clear();
    if (loop_) loop_->stop();  // its last turn may still be in the unit
    unit_.reset();
    loop_.reset();
  }

  node& sharing(const std::string& name, const std::string& url) {
    auto& made = *nodes_.emplace_back(std::make_unique<node>());
    made.name = name;
    made.url = url;
    start(made);
    return made;
  }
  void start(node& which) {
    open_store(which);
    ASSERT_TRUE(which.store.actor);
    start_sharing(which);
  }
  /// As a gateway without REDIS_URL.
  node& alone() {
    auto& made = *nodes_.emplace_back(std::make_unique<node>());
    open_store(made);
    return made;
  }
  /// It ends, and begins again with REDIS_URL or without.
  void becomes_sharing(node& which, const std::string& name, const std::string& url) {
    stop(which);
    which.name = name;
    which.url = url;
    start(which);
  }
  void becomes_alone(node& which) {
    stop(which);
    which.name.clear();
    open_store(which);
  }
  void open_store(node& which) {
    node_part part{"call_store", [](bool) {}, [] { return 0u; }, &which.counters};
    // Its life before may not be over yet.
    EXPECT_TRUE(comes_to([&] {
      auto opened = open_sqlite_store(system, which.directory.data(), part, which.name);
      if (opened) which.store = std::move(*opened);
      return opened.has_value();
    }));
  }
  void start_sharing(node& which) {
    start_sender(which);
    start_resender(which);
    record_reader::config in;
    in.loop = &loop();
    in.options = options(which.url);
    in.store = which.store.shared;
    in.supervisor = caf::actor_cast<call_supervisor>(fake_supervisor(which));
    in.callbacks = caf::actor_cast<callback_keeper>(fake<forget_callbacks, callbacks_forgotten>(which, "callbacks"));
    in.notices = caf::actor_cast<notice_keeper>(fake<forget_events, events_forgotten>(which, "notices"));
    in.journal = which.store.journal;
    in.seal = which.seal;
    in.counters = &which.counters;
    in.trouble = [&which](std::string why) {
      const std::scoped_lock held{which.lock};
      which.in = std::move(why);
    };
    in.has_all = [&which](bool is) {
      which.has_all = is;
      if (!is) ++which.lacked;
    };
    in.block = 50ms;
    in.patience = patience;
    which.reader = caf::actor_cast<record_reading>(spawn_on<record_reader>(system, unit(), in));
  }
  void start_sender(node& which) {
    record_sender::config out;
    out.loop = &loop();
    out.options = options(which.url);
    out.store = which.store.shared;
    out.seal = which.seal;
    out.nonce = [next = std::uint8_t{0}]() mutable { return model::aead_nonce{++next}; };
    out.random = [] { return 50u; };
    out.counters = &which.counters;
    out.trouble = [&which](std::string why) {
      const std::scoped_lock held{which.lock};
      which.out = std::move(why);
    };
    out.patience = patience;
    which.sender = caf::actor_cast<record_sending>(spawn_on<record_sender>(system, unit(), out));
  }
  void start_resender(node& which) {
    record_resender::config again;
    again.loop = &loop();
    again.options = options(which.url);
    again.store = which.store.shared;
    again.seal = which.seal;
    again.nonce = [next = std::uint8_t{0}]() mutable { return model::aead_nonce{++next}; };
    again.random = [] { return 50u; };
    again.counters = &which.counters;
    again.patience = patience;
    again.pause = 10ms;
    which.resender = caf::actor_cast<record_resending>(spawn_on<record_resender>(system, unit(), again));
  }
  void stop_sharing(node& which) {
    for (const auto& one : {caf::actor_cast<caf::actor>(which.sender), caf::actor_cast<caf::actor>(which.resender),
                            caf::actor_cast<caf::actor>(which.reader)})
      if (one) caf::anon_send_exit(one, caf::exit_reason::user_shutdown);
    for (const auto& one : which.keepers) caf::anon_send_exit(one, caf::exit_reason::user_shutdown);
    which.keepers.clear();
    which.sender = nullptr;
    which.resender = nullptr;
    which.reader = nullptr;
  }
  void stop(node& which) {
    stop_sharing(which);
    if (which.store.actor) caf::anon_send_exit(which.store.actor, caf::exit_reason::user_shutdown);
    which.store = {};
  }

  static void ends(node& at, const model::call_record& call) {
    at.store.journal->event({call.call, call.started, model::call_moment::caller_said, "velociraptor"});
    at.store.journal->record({call.call, call.tenant.value, call.started, to_json(call)});
  }
  std::string record(node& at, const std::string& sid) { return ask<found_record>(at, find_record{{sid}}).json; }
  std::size_t listed(node& at) { return ask<found_calls>(at, find_calls{}).records.size(); }
  bool comes_to_know(node& at, const std::string& sid, const std::string& what = "velociraptor") {
    return comes_to([&] { return record(at, sid).find(what) != std::string::npos; });
  }
  template <class Answer, class Question>
  Answer ask(node& at, Question question) {
    return sure_answer_of<Answer>(system, at.store.actor, std::move(question), 5s);
  }
  static double counted(const node& at, const std::string& name) {
    return tonris::test::metric_in(at.counters.render(), name);
  }
  static std::string trouble(node& at, std::string node::*which) {
    const std::scoped_lock held{at.lock};
    return at.*which;
  }
  static std::vector<std::string> said(node& at, std::vector<std::string> node::*which) {
    const std::scoped_lock held{at.lock};
    return at.*which;
  }

  std::chrono::milliseconds patience{1'000};  ///< with Redis, of who begins to share

  real_settings with_;
  caf::actor_system system{with_};

 private:
  net::loop& loop() {
    if (!loop_) {
      loop_ = std::make_unique<net::loop>("redis");
      unit_ = std::make_unique<io_loop>(system, *loop_);
      loop_->start();
    }
    return *loop_;
  }
  io_loop& unit() {
    (void)loop();
    return *unit_;
  }
  static net::redis_options options(const std::string& url) {
    net::redis_options options;
    options.address = model::read_redis_address(url).value();
    options.client_name = "tonris:test";
    options.times.longest_pause = 200ms;
    return options;
  }
  template <class Question, class Answer>
  caf::actor fake(node& of, const std::string& who) {
    return of.keepers.emplace_back(system.spawn([&of, who](caf::event_based_actor*) -> caf::behavior {
      return {[&of, who](const Question& wanted) {
        const std::scoped_lock held{of.lock};
        for (const auto& call : wanted.calls) of.forgotten.push_back(who + " " + call.value);
        if constexpr (requires { wanted.conversations; })
          for (const auto& one : wanted.conversations) of.forgotten.push_back(who + " " + one.value);
        return Answer{};
      }};
    }));
  }
  caf::actor fake_supervisor(node& of) {
    return of.keepers.emplace_back(system.spawn([&of](caf::event_based_actor*) -> caf::behavior {
      return {[&of](const forget_ended_calls& wanted) -> caf::result<ended_calls_forgotten> {
                const std::scoped_lock held{of.lock};
                if (of.refuses) return caf::make_error(caf::sec::runtime_error, "not now");
                for (const auto& call : wanted.calls) of.forgotten.push_back("supervisor " + call.value);
                return ended_calls_forgotten{of.alive};
              },
              [&of](const learn_fact& told) {
                const std::scoped_lock held{of.lock};
                of.learned.push_back(told.call.value);
                return fact_learned{false};
              },
              [&of](const voicemail_came_first& told) {
                const std::scoped_lock held{of.lock};
                of.told_first.push_back(told.call.value + " " + told.message.recording);
              }};
    }));
  }

  std::unique_ptr<net::loop> loop_;
  std::unique_ptr<io_loop> unit_;
  std::vector<std::unique_ptr<node>> nodes_;
};

}  // namespace tonris::actors::test
