#pragma once

#include <caf/actor.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/make_message.hpp>
#include <caf/sec.hpp>
#include <caf/stateful_actor.hpp>
#include <exception>
#include <functional>
#include <string>
#include <utility>

#include "actors/runtime/message.hpp"
#include "actors/telemetry/metrics.hpp"
#include "model/call/supervision.hpp"

namespace tonris::actors {

/// A part of the node that is restarted when it crashes, behind an address that stays: messages are handed on to the
/// part that lives now; what reaches it between two lives is refused, and its sender decides. Restarts at once, then
/// with backoff; past the budget (model::supervision::node_part_budget) each 5 s, and the node says it is not ready.
/// Ordinary actor; ends its part when it ends.
struct supervised_state {
  struct config {
    std::string part;  ///< "tenant_registry": logs and metrics
    /// A new life, from whatever it needs to go on. It is told the address it is reached by.
    std::function<caf::actor(const caf::actor& address)> spawn;
    std::function<void(bool)> healthy;  ///< told when that changes; any thread
    std::function<std::uint32_t()> random;
    metrics* counters = nullptr;
  };
  struct spawn_again {
    using travels = in_process;
  };

  static inline const char* name = "tonris.supervised";

  explicit supervised_state(caf::event_based_actor* actor) : self(actor) {}
  ~supervised_state();
  void set_up(config settings);
  void bring_up();
  /// A message that cannot even be handed on is refused: nobody restarts the address.
  template <class Message>
  caf::result<caf::message> hand_on(const Message& m) {
    try {
      return self->delegate(part, m);
    } catch (const std::exception&) {  // no memory, say
      return caf::make_error(caf::sec::runtime_error, "the message could not be handed on");
    }
  }

  caf::event_based_actor* self;
  config with;
  caf::actor part;

 private:
  void on_down(const caf::down_msg& down);
  void be_healthy(bool now);
  model::supervision::restart_budget budget_{model::supervision::node_part_budget};
  bool healthy_ = true;
};

/// The part understands `Messages`, and nothing else is handed on.
template <class... Messages>
caf::behavior supervised(caf::stateful_actor<supervised_state>* self, supervised_state::config with) {
  auto& state = self->state;
  state.set_up(std::move(with));
  return {[&state](supervised_state::spawn_again) { state.bring_up(); },
          [self](const Messages& m) -> caf::result<caf::message> { return self->state.hand_on(m); }...};
}

}  // namespace tonris::actors
