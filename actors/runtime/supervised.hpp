#pragma once

#include <caf/actor_clock.hpp>
#include <caf/actor_system.hpp>
#include <caf/error.hpp>
#include <caf/replies_to.hpp>
#include <caf/result.hpp>
#include <caf/sec.hpp>
#include <caf/send.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <chrono>
#include <exception>
#include <functional>
#include <string>
#include <utility>

#include "actors/runtime/guard.hpp"
#include "actors/runtime/message.hpp"
#include "actors/telemetry/metrics.hpp"
#include "model/call/supervision.hpp"

namespace tonris::actors {

/// How a part of the node is called, and who hears how it does.
struct node_part {
  std::string name;                   ///< "tenant_registry": logs and metrics
  std::function<void(bool)> healthy;  ///< told when that changes; any thread
  std::function<std::uint32_t()> random;
  metrics* counters = nullptr;
};

/// When a part that crashed is brought up again: at once, then with backoff; past the budget
/// (model::supervision::node_part_budget) each 5 s, and the node says it is not ready. Belongs to one actor.
class part_restarts {
 public:
  explicit part_restarts(node_part part) : part_(std::move(part)) {}

  /// The part is gone: how long until its next life.
  [[nodiscard]] std::chrono::milliseconds wait_after_crash(caf::actor_clock::time_point now);
  /// False: `spawn` threw (no memory, no thread), and is to be tried again after `most_backoff`.
  [[nodiscard]] bool bring_up(const std::function<void()>& spawn);
  [[nodiscard]] metrics& counters() const noexcept { return *part_.counters; }

 private:
  void be_healthy(bool now);

  node_part part_;
  model::supervision::restart_budget budget_{model::supervision::node_part_budget};
  bool healthy_ = true;
};

struct spawn_again {  // the address to itself
  using travels = in_process;
};

/// A part of the node that is restarted when it crashes, behind an address that stays. The address understands what
/// `Interface`, a typed_actor, says, and hands it on to the part that lives now; what reaches it between two lives is
/// refused, and its sender decides. Ordinary actor; ends its part when it ends.
template <class Interface>
class supervised final : public Interface::template extend<caf::reacts_to<spawn_again>>::base {
 public:
  using door = typename Interface::template extend<caf::reacts_to<spawn_again>>;
  using behavior_type = typename door::behavior_type;
  /// A new life, from whatever it needs to go on. It is told the address it is reached by.
  using spawner = std::function<Interface(const Interface& address)>;

  supervised(caf::actor_config& actor, node_part part, spawner spawn)
      : door::base(actor), restarts_(std::move(part)), spawn_(std::move(spawn)) {}
  [[nodiscard]] const char* name() const override { return "tonris.supervised"; }
  void on_exit() override {
    if (part_) caf::anon_send_exit(part_, caf::exit_reason::user_shutdown);
    part_ = nullptr;
  }

 protected:
  behavior_type make_behavior() override {
    guard(this, restarts_.counters());
    this->set_down_handler([this](const caf::down_msg& down) {
      if (part_ && down.source == part_.address()) spawn_in(restarts_.wait_after_crash(this->clock().now()));
    });
    spawn();
    return hands_on(typename Interface::signatures{});
  }

 private:
  void spawn() {
    part_ = spawn_(Interface{this});
    this->monitor(part_);
  }
  void bring_up() {
    if (!restarts_.bring_up([this] { spawn(); })) spawn_in(model::supervision::most_backoff);
  }
  void spawn_in(std::chrono::milliseconds wait) {
    if (wait == std::chrono::milliseconds::zero()) return bring_up();
    caf::delayed_anon_send(door{this}, wait, spawn_again{});
  }

  template <class... Messages, class... Answers>
  behavior_type hands_on(caf::detail::type_list<caf::typed_mpi<caf::detail::type_list<Messages>, Answers>...>) {
    return {[this](const Messages& m) { return hand_on(m, Answers{}); }..., [this](spawn_again) { bring_up(); }};
  }
  /// A message that cannot even be handed on is refused: nobody restarts the address.
  template <class Message, class... Answer>
  caf::result<Answer...> hand_on(const Message& m, caf::output_tuple<Answer...>) {
    try {
      return this->delegate(part_, m);
    } catch (const std::exception&) {  // no memory, say
      return caf::make_error(caf::sec::runtime_error, "the message could not be handed on");
    }
  }

  part_restarts restarts_;
  spawner spawn_;
  Interface part_;
};

template <class Interface>
[[nodiscard]] Interface spawn_supervised(caf::actor_system& system, node_part part,
                                         typename supervised<Interface>::spawner spawn) {
  return system.spawn<supervised<Interface>>(std::move(part), std::move(spawn));
}

}  // namespace tonris::actors
