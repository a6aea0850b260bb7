#pragma once

#include <gtest/gtest.h>

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "actors/admission/admission.hpp"
#include "actors/admission/redis_admission.hpp"
#include "actors/runtime/io_loop.hpp"
#include "model/text/iso_time.hpp"
#include "tests/actors/real_actors.hpp"
#include "tests/metric_in.hpp"
#include "tests/net/redis_server.hpp"
#include "tests/waiting.hpp"

namespace tonris::actors::test {

using namespace std::chrono_literals;
using tonris::test::comes_to;

/// Admissions in real time, with a lease that a test can wait for.
class KeptCounts : public testing::Test {
 protected:
  static constexpr std::chrono::milliseconds lease = 6000ms;  // longer than a renewal and a little

  /// A gateway, as far as it counts.
  struct node {
    std::shared_ptr<admission_books> books;
    std::shared_ptr<redis_books> shared = std::make_shared<redis_books>();
    admission who;
    std::string trouble{};
  };

  KeptCounts() { tenant->id = {"salon"}; }
  ~KeptCounts() override { end(); }
  void end() {
    for (const auto& one : nodes_) caf::anon_send_exit(one->who, caf::exit_reason::user_shutdown);
    nodes_.clear();
    system.await_all_actors_done();
    if (loop_) loop_->stop();  // its last turn may still be in the unit
    unit_.reset();
    loop_.reset();
  }

  admission_rules::config rules(const std::shared_ptr<admission_books>& books) {
    admission_rules::config given;
    given.books = books;
    given.vendor_calls = vendor_calls;
    given.hash_caller = [](std::string_view number) { return "hash-of-" + std::string{number}; };
    given.wall_clock = [this] { return wall; };
    given.counters = &counters;
    return given;
  }
  node& make() {
    auto& made = *nodes_.emplace_back(std::make_unique<node>());
    model::admission_table::config times;
    times.lease = lease;
    made.books = std::make_shared<admission_books>(admission_books{model::admission_table{times}});
    return made;
  }
  node& alone() {
    auto& made = make();
    made.who = system.spawn(admit_locally, local_admission::config{rules(made.books), {}});
    return made;
  }
  /// It has no calls of a former life, and Redis answers it.
  node& sharing(const std::string& url, const std::string& name = "node-1") {
    auto& made = make();
    connect(made, url, name);
    ask<month_levels>(made, renew_leases{{}, true});
    EXPECT_TRUE(comes_to([&] { return says_what_is_used(made); }));
    return made;
  }
  void connect(node& which, const std::string& url, const std::string& name) {
    if (!loop_) {
      loop_ = std::make_unique<net::loop>("redis");
      unit_ = std::make_unique<io_loop>(system, *loop_);
      loop_->start();
    }
    redis_admission::config with;
    with.rules = rules(which.books);
    with.shared = which.shared;
    with.counts.loop = loop_.get();
    with.counts.options.address = model::read_redis_address(url).value();
    with.counts.options.client_name = "tonris:test";
    with.counts.node = name;
    with.counts.lease = lease;
    with.fresh_generation = [] {
      static int made = 0;
      return "generation-" + std::to_string(++made);
    };
    which.who = caf::actor_cast<admission>(spawn_on<redis_admission>(system, *unit_, std::move(with)));
  }
  /// As by kill -9, and nothing is given back.
  void kill(node& which) { caf::anon_send_exit(which.who, caf::exit_reason::kill); }

  template <class Answer, class Question>
  Answer ask(node& whom, Question question) {
    return sure_answer_of<Answer>(system, whom.who, std::move(question), 5s);
  }
  static model::call_sid call(int number) { return {"CA" + std::to_string(number)}; }
  admitted admit(node& at, int number, std::string caller = {}, std::chrono::seconds waited = 0s) {
    return ask<admitted>(at, admit_call{call(number), tenant, std::move(caller), waited});
  }
  /// So many at once, the nodes in turn: who came in.
  std::vector<int> admit_at_once(const std::vector<node*>& at, int first, int count) {
    std::vector<std::future<bool>> all;
    for (int n = first; n < first + count; ++n) {
      auto in = std::make_shared<std::promise<bool>>();
      all.push_back(in->get_future());
      system.spawn([=, this, to = at[static_cast<std::size_t>(n) % at.size()]->who](caf::event_based_actor* self) {
        self->request(to, 10s, admit_call{call(n), tenant, {}, {}})
            .then([in](const admitted& said) { in->set_value(said.verdict == model::admission_verdict::ok); },
                  [in](const caf::error&) { in->set_value(false); });
      });
    }
    std::vector<int> in;
    for (int n = 0; n < count; ++n)
      if (all[static_cast<std::size_t>(n)].get()) in.push_back(first + n);
    return in;
  }
  live_lease still(int number, std::chrono::seconds so_far = 0s) { return {call(number), tenant->id, tenant, so_far}; }
  month_levels renew(node& at, std::vector<live_lease> calls) {
    return ask<month_levels>(at, renew_leases{std::move(calls), false});
  }
  void release(node& at, int number, std::chrono::seconds length = 0s, bool undo = false, std::string caller = {}) {
    caf::anon_send(at.who, release_lease{call(number), tenant->id, length, undo, std::move(caller)});
  }
  tenant_usage usage(node& at) { return ask<tenant_usage>(at, describe_usage{tenant}); }
  bool says_what_is_used(node& at) {
    caf::scoped_actor self{system};
    bool says = false;
    self->request(at.who, 5s, describe_usage{tenant})
        .receive([&](const tenant_usage&) { says = true; }, [](const caf::error&) {});
    return says;
  }
  double counted(const std::string& name) { return tonris::test::metric_in(counters.render(), name); }

  metrics counters;
  real_settings with_;
  caf::actor_system system{with_};
  std::shared_ptr<model::tenant> tenant = std::make_shared<model::tenant>();
  std::uint64_t vendor_calls = 0;
  std::chrono::system_clock::time_point wall = model::parse_iso_time("2026-11-28T12:00:00.000Z").value();

 private:
  std::unique_ptr<net::loop> loop_;
  std::unique_ptr<io_loop> unit_;
  std::vector<std::unique_ptr<node>> nodes_;
};

}  // namespace tonris::actors::test
