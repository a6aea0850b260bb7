#pragma once

#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "actors/call/call_store.hpp"
#include "actors/call/live_call.hpp"
#include "actors/call/messages.hpp"
#include "actors/call/services.hpp"
#include "actors/call/table.hpp"
#include "actors/runtime/message.hpp"
#include "actors/tenant/messages.hpp"

namespace tonris::actors {

// --- to itself
struct dormant_check {
  using travels = in_process;
};
struct do_later {
  using travels = in_process;
  std::function<void()> what;
};

/// A call without an actor, whose caller may come back: how long it waits for Twilio's question.
inline constexpr std::chrono::seconds dormant_limit{60};
/// For the store's answer about a call that a webhook names: within what the webhook waits.
inline constexpr std::chrono::milliseconds stored_call_limit{500};
/// A redirect that comes back is on its way so long at most.
inline constexpr std::chrono::milliseconds redirect_slack{500};

/// All calls of this node: one call actor per CallSid, however often Twilio asks; restarted from its checkpoint when it
/// crashes; the tickets its streams open with; what to answer after a call has ended, and the call again when its
/// caller comes back; calls of a former life of the node, until Twilio asks for them. A call it does not know and the
/// store may, is looked up there before another is made of it. Ordinary actor. Everything it knows is in the
/// call_table, which outlives it: when it crashes itself, the next incarnation goes on with the same calls.
struct call_supervisor_state {
  struct config {
    std::shared_ptr<const call_services> services;
    std::shared_ptr<call_table> table;
    tenant_registry registry;  ///< for calls that come back after the node was gone
    call_store store{};        ///< for calls that this life has not seen, or forgotten; null: there is none
    call_supervisor address;   ///< what calls know their supervisor by; null: this actor itself
    std::size_t max_calls = 1000;
    /// Is the node beyond its limits (memory, loop lag)? Asked for each new call.
    std::function<std::optional<model::end_reason>()> overloaded = [] { return std::nullopt; };
  };

  static inline const char* name = "tonris.call_supervisor";

  explicit call_supervisor_state(caf::event_based_actor* actor) : self(actor) {}
  caf::behavior make_behavior(config with);

 private:
  using reply = caf::result<caf::message>;

  // new calls
  reply on(const start_call& wanted);
  reply on(const refuse_call& wanted);
  call_answer begin(const start_call& wanted);
  call_answer refuse(const refuse_call& what);
  call_table::live& start(std::shared_ptr<call_lifeline> life, live_call::beginning how);

  // Twilio's questions and reports
  reply on(const redeem_ticket& shown);
  [[nodiscard]] redeemed_ticket redeem(const model::ticket& shown);
  reply on(const connect_action& asked);
  reply put(open_question question);
  void answer(open_question question);
  void ask_call(open_question question);
  void ask_dormant(open_question question);
  void ask_store(open_question question);
  [[nodiscard]] bool is_known(const model::call_sid& call) const;
  [[nodiscard]] bool is_stored(const model::call_sid& call) const;  ///< perhaps
  void answer_from_memory(call_table::ended& call, open_question question);
  call_answer answer_ended(call_table::ended& call, const connect_action& asked);
  [[nodiscard]] bool comes_back(const call_table::ended& call, const connect_action& asked) const;
  call_answer offer_return(call_table::ended& call);
  void find_tenant_first(call_table::ended& call, open_question question);
  /// What the registry says of a number. `failed` is never "nobody": whoever asks may ask again.
  struct found_in_registry {
    bool failed = false;
    tenant_ptr tenant;  ///< null: nobody has that number
  };
  using registry_answered = std::function<void(const found_in_registry&)>;
  void ask_registry(const std::string& called, registry_answered then, unsigned further_tries = 1);
  void on(const call_status_changed& changed);
  void on(const recording_reported& reported);
  reply on(const describe_call& wanted);

  // a node that stops
  [[nodiscard]] call_answer send_on(call_answer::verb where, unsigned so_far);
  void begin_hand_over();

  // calls that end, crash, or wait
  void on(const call_finished& finished);
  void on_down(const caf::down_msg& down);
  void bury(const std::shared_ptr<call_lifeline>& life);
  void end_without_actor(call_lifeline& life, model::end_reason reason, std::string_view detail);
  [[nodiscard]] static call_table::ended ended_of(call_lifeline& life);
  void remember(call_table::ended&& call);
  void keep_in_memory(call_table::ended&& call);
  void settle(const call_table::ended& call);
  void forget_live(const model::call_sid& call);

  // calls without an actor
  void restore(const restore_calls& former);
  void restore(const model::call_checkpoint& state);
  void restore_ended(const model::call_checkpoint& state);
  [[nodiscard]] model::call_clock clock_of(const model::call_checkpoint& former) const;
  void check_dormant();
  void close_dormant(const model::call_sid& call, model::end_reason reason, std::string_view detail);
  /// Wakes a dormant call, its tenant looked up anew where it is not at hand, and says how that went: with a tenant it
  /// lives.
  void wake(const model::call_sid& call, tenant_ptr tenant, registry_answered then);
  /// An ended call whose caller is back on the line goes on.
  void bring_back(const model::call_sid& call, std::function<void()> then);

  [[nodiscard]] call_table::time now() const { return self->clock().now(); }
  [[nodiscard]] model::call_clock new_clock() const { return {with_.services->wall_clock(), now()}; }
  [[nodiscard]] caf::actor address() const;
  void count_live();
  [[nodiscard]] live_count count() const;

  caf::event_based_actor* self;
  config with_;
};

/// Understands what a call_supervisor does.
caf::behavior supervise_calls(caf::stateful_actor<call_supervisor_state>* self, call_supervisor_state::config with);

}  // namespace tonris::actors
