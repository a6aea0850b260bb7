#pragma once

#include <caf/actor_cast.hpp>
#include <caf/actor_config.hpp>
#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/resumable.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <exception>
#include <stdexcept>
#include <utility>

#include "actors/runtime/message.hpp"

namespace tonris::actors {

/// An exception on its way into the behaviour of the actor it ends: the handler throws it again.
struct thrown {
  using travels = in_process;
  std::exception_ptr what;
};

/// An event-based actor that lives on one loop for life: whoever sends to it, from whichever thread, it runs on that
/// loop's execution unit only. A frame crosses no thread, takes no lock and wakes nobody. `Base`: event_based_actor, or
/// a typed interface's base.
template <class Base>
class loop_bound_actor : public Base {
 public:
  explicit loop_bound_actor(caf::actor_config& config) : Base(config), loop_(config.host) {
    if (!loop_) throw std::logic_error("a loop-bound actor needs a loop to live on");
  }

  using Base::enqueue;
  void enqueue(caf::mailbox_element_ptr what, caf::execution_unit*) override { Base::enqueue(std::move(what), loop_); }
  caf::resumable::subtype_t subtype() const override { return caf::resumable::io_actor; }

  /// Hands a message to the behaviour at once, on the loop's thread: for socket callbacks and for a neighbour's frames.
  /// The message lives on the stack, so it may hold views. False once the actor has ended (an exception in its handler
  /// ends it, and it alone). Never re-entrant: an actor must not be delivered to from within its own handler.
  template <class... Ts>
  bool deliver(Ts&&... xs) {
    if (this->getf(Base::is_terminated_flag)) return false;
    const caf::strong_actor_ptr alive{this->ctrl()};  // the handler may end the actor and drop its last handle
    element<Ts...> e{nullptr, caf::make_message_id(), {}, std::forward<Ts>(xs)...};
    return this->activate(loop_, e) != Base::activation_result::terminated;
  }

  /// Runs `work`, a member's doing, as if a message had asked for it: what it throws ends this actor, and it alone. It
  /// must not quit (CAF would notice at the next message only). For what comes fifty times a second.
  template <class Work>
  void run(Work&& work) {
    if (this->getf(Base::is_terminated_flag)) return;
    try {
      work();
    } catch (...) {
      deliver(thrown{std::current_exception()});
    }
  }

  void on_exit() override { self_ = nullptr; }  ///< an override calls this one, last

 protected:
  /// From make_behavior: the actor lives until it ends, not merely while somebody holds a handle. (An actor without one
  /// would be destroyed on whichever thread dropped the last, with sockets and timers still pointing at it.)
  void live_until_exit() { self_ = this->ctrl(); }

  [[nodiscard]] caf::execution_unit& host() const noexcept { return *loop_; }

 private:
  template <class... Ts>
  using element = caf::mailbox_element_vals<
      typename caf::unbox_message_element<typename caf::detail::strip_and_convert<Ts>::type>::type...>;

  caf::execution_unit* loop_;
  caf::strong_actor_ptr self_;
};

using loop_bound = loop_bound_actor<caf::event_based_actor>;

/// Spawns a loop-bound actor on `loop`, from any thread. The constructor runs on the spawning thread, the behaviour on
/// the loop: sockets and timers are touched in make_behavior, not in the constructor.
template <class Actor, class... Ts>
auto spawn_on(caf::actor_system& system, caf::execution_unit& loop, Ts&&... xs) {
  caf::actor_config config{&loop};
  return system.spawn_class<Actor, caf::no_spawn_options>(config, std::forward<Ts>(xs)...);
}

}  // namespace tonris::actors
