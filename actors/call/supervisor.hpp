#pragma once

#include <caf/replies_to.hpp>
#include <caf/result.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actors/admission/messages.hpp"
#include "actors/call/call_store.hpp"
#include "actors/call/live_call.hpp"
#include "actors/call/messages.hpp"
#include "actors/call/services.hpp"
#include "actors/call/table.hpp"
#include "actors/runtime/message.hpp"
#include "actors/tenant/messages.hpp"
#include "model/admission/timed_map.hpp"

namespace tonris::actors {

// --- to itself
struct dormant_check {
  using travels = in_process;
};
struct do_later {
  using travels = in_process;
  std::function<void()> work;
};
struct renewal_due {
  using travels = in_process;
};
using call_supervisor_door =
    call_supervisor::extend<caf::reacts_to<dormant_check>, caf::reacts_to<do_later>, caf::reacts_to<renewal_due>>;

/// How often the supervisor looks which leases are due.
inline constexpr std::chrono::milliseconds renewal_tick{250};
/// A call without an actor, whose caller may come back: how long it waits for Twilio's question.
inline constexpr std::chrono::seconds dormant_limit{60};
/// A refused call is on the disk before Twilio hears of it, unless that takes longer.
inline constexpr std::chrono::milliseconds written_limit{250};
/// Those that are refused meanwhile are written together.
inline constexpr std::chrono::milliseconds refusals_pause{20};
/// For the store's answer about a call that a webhook names: within what the webhook waits.
inline constexpr std::chrono::milliseconds stored_call_limit{500};
/// A tenant's webhooks are told of one limit so often at most.
inline constexpr std::chrono::minutes limits_told_within{1};
/// A redirect that comes back is on its way so long at most.
inline constexpr std::chrono::milliseconds redirect_slack{500};

/// All calls of this node: one call actor per CallSid, however often Twilio asks; restarted from its checkpoint when it
/// crashes; the tickets its streams open with; what to answer after a call has ended, and the call again when its
/// caller comes back; calls of a former life of the node, until Twilio asks for them. A call it does not know and the
/// store may, is looked up there before another is made of it. Ordinary actor. Everything it knows is in the
/// call_table, which outlives it: when it crashes itself, the next incarnation goes on with the same calls. What is
/// asked or told about one call is decided by what the table has of it: live, dormant, ended, or nothing.
struct call_supervisor_state {
  struct config {
    std::shared_ptr<const call_services> services;
    std::shared_ptr<call_table> table;
    tenant_registry registry;  ///< for calls that come back after the node was gone
    call_store store{};        ///< for calls that this life has not seen, or forgotten; null: there is none
    admission who_may_come{};  ///< whose places its calls hold; null: nobody counts
    call_supervisor address;   ///< what calls know their supervisor by; null: this actor itself
    std::size_t max_calls = 1000;
    /// Is the node beyond its limits (memory, loop lag)? Asked for each new call.
    std::function<std::optional<model::end_reason>()> overloaded = [] { return std::nullopt; };
  };

  static inline const char* name = "tonris.call_supervisor";

  explicit call_supervisor_state(call_supervisor_door::pointer actor) : self(actor) {}
  call_supervisor_door::behavior_type make_behavior(config settings);

 private:
  using answered = caf::result<call_answer>;

  // supervisor.cpp: calls that live, crash, and end
  live_entry& start(std::shared_ptr<call_lifeline> life, live_call::beginning how);
  void on(const ticket_issued& issued);
  void on(const stream_reported& reported);
  caf::result<call_controlled> on(const control_call& wanted);
  ended_calls_forgotten on(const forget_ended_calls& wanted);
  void on(const call_finished& finished);
  void on_down(const caf::down_msg& down);
  void end_crashed(const std::shared_ptr<call_lifeline>& life);
  // a node that stops
  [[nodiscard]] call_answer send_on(call_answer::verb where, unsigned so_far);
  void begin_hand_over();
  [[nodiscard]] live_count count();

  // new_calls.cpp
  answered on(const start_call& wanted);
  answered on(const refuse_call& wanted);
  std::optional<call_answer> begin(const start_call& wanted);  ///< nothing: the call itself answers
  call_answer refuse(const refuse_call& wanted);
  [[nodiscard]] ended_entry note_refusal(const refuse_call& wanted);
  apology_noted on(const note_apology& told);
  [[nodiscard]] answered written(const model::call_sid& call, call_answer answer);
  void answer_new(caf::typed_response_promise<call_answer> to, const model::call_sid& call, call_answer answer);
  void write_refusals();
  call_answer note_untaken(const refuse_call& call);  ///< the business's own, that nobody took

  // callers_in_line.cpp: they have no call yet
  void on(const caller_waits& told);
  std::optional<waiting_callers::entry> out_of_line(const model::call_sid& call);
  [[nodiscard]] call_controlled control_in_line(const control_call& wanted);
  [[nodiscard]] bool hung_up_in_line(const call_status_changed& changed);
  void ask_for_place(const model::call_sid& call, bool has_hung_up);
  void leaves_line(const waiting_callers::entry& caller);
  void check_line();
  [[nodiscard]] ended_entry gave_up(const waiting_callers::entry& gone);

  // ended_calls.cpp
  void account_for(model::call_checkpoint& state) const;
  void account_for_refusal(model::call_checkpoint& state) const;
  void sign(model::call_checkpoint& state) const;

  // leases.cpp
  [[nodiscard]] live_lease lease_now(const call_lifeline& life) const;
  [[nodiscard]] live_lease lease_now(const live_entry& call) const;
  [[nodiscard]] std::optional<live_lease> find_lease(const model::call_sid& call);
  void hold_lease(const model::call_sid& call);
  void hold_leases();
  void renew_leases_that_are_due();
  void tell_all_leases();
  void renew(std::vector<live_lease> leases, bool all_are_told);
  void tell_of_months(const month_levels& levels, const std::vector<model::call_sid>& told);
  void give_back(const call_lifeline& life);
  void give_back(const start_call& untaken);
  [[nodiscard]] bool has_room(const model::tenant& tenant);

  // questions.cpp: what Twilio asks and reports, and whom that is for
  answered on(const connect_action& asked);
  answered put(open_question question);
  void answer(open_question question);
  void ask_live(live_entry& call, open_question question);
  void ask_dormant(dormant_entry& call, open_question question);
  void ask_ended(ended_entry& call, open_question question);
  void ask_store(open_question question);
  /// What the store knows of it is remembered, then it goes on; also where the store does not say.
  void look_into_store(const model::call_sid& call, const tenant_ptr& tenant, std::function<void()> go_on);
  caf::result<apology_noted> hear(const note_apology& told);
  void answer_unknown(open_question question);
  [[nodiscard]] bool is_stored(const model::call_sid& call) const;  ///< perhaps
  caf::result<redeemed_ticket> on(const redeem_ticket& shown);
  [[nodiscard]] static redeemed_ticket redeem(live_entry& call, call_table::time now);
  void on(const call_status_changed& changed);
  caf::result<call_description> on(const describe_call& wanted);
  caf::result<transfer_words> on(const describe_transfer& wanted);

  // ended_calls.cpp
  [[nodiscard]] ended_entry ended_of(call_lifeline& life) const;
  void remember(ended_entry call);
  void keep(ended_entry call);
  void write_down(const ended_entry& call);
  void tell_end(const ended_entry& call);
  void tell_limit(const tenant_ptr& tenant, const model::call_record& call);
  void tell_voicemail(const model::call_record& call, const tenant_ptr& tenant,
                      const model::call_record::voicemail_message& message);
  void add_to_stored(const model::call_sid& call, const model::call_record::voicemail_message& message);
  call_answer answer_ended(ended_entry& call, const connect_action& asked);
  [[nodiscard]] static bool comes_back(const ended_entry& call, const connect_action& asked);
  call_answer offer_return(ended_entry& call);
  call_answer offer_agent_again(ended_entry& call, model::fallback_news news);
  void find_tenant_first(ended_entry& call, open_question question);
  caf::result<fact_learned> on(const learn_fact& told);
  void learn_recording(const recording_reported& reported);
  void on(const recording_reported& reported);
  void on(const voicemail_came_first& told);
  void on(const leg_reported& reported);
  void on(const hung_up_at_twilio& told);
  /// Whoever remembers the call learns it, or the store.
  void bring_in(const model::call_sid& call, const model::later_fact& fact);
  [[nodiscard]] model::call_record::time rated_at(
      const model::call_sid& call);  ///< its start; now, where that is not known

  // returning_calls.cpp: calls without an actor, and those whose caller is back
  void restore(const restore_calls& former);
  void restore(const model::call_checkpoint& state);
  void restore_ended(const model::call_checkpoint& state);
  void check_dormant();
  void close_dormant(const model::call_sid& call, model::end_reason reason, std::string_view detail);
  /// What the registry says of a call's tenant. `failed` is never "nobody": whoever asks may ask again.
  struct found_in_registry {
    bool failed = false;
    tenant_ptr tenant;  ///< null: there is none of that id
  };
  using registry_answered = std::function<void(const found_in_registry&)>;
  void find_tenant_of(const model::call_record& call, const registry_answered& then);
  void ask_registry(const model::tenant_id& tenant, const registry_answered& then, unsigned further_tries);
  /// Wakes a dormant call, its tenant looked up anew where it is not at hand, and says how that went: with a tenant it
  /// lives.
  void wake(const model::call_sid& call, const tenant_ptr& tenant, registry_answered then);
  /// An ended call whose caller is back on the line goes on.
  void bring_back(const model::call_sid& call, std::function<void()> then);
  void go_on(ended_entry call, tenant_ptr tenant);

  [[nodiscard]] call_table& table() const noexcept { return *config_.table; }
  [[nodiscard]] const call_services& services() const noexcept { return *config_.services; }
  [[nodiscard]] call_table::time now() const { return self->clock().now(); }
  [[nodiscard]] model::call_clock new_clock() const { return {services().wall_clock(), now()}; }
  [[nodiscard]] call_supervisor address() const;
  void count_live();

  call_supervisor_door::pointer self;
  config config_;
  /// Refusals whose records are to be on the disk before they are told.
  struct {
    std::vector<std::function<void()>> to_tell;
    bool is_writing = false;  ///< or has just written
  } refusals_;
  model::timed_set renewals_;     ///< of leases, by call: when each is due
  model::timed_set limits_told_;  ///< to whom, and which; for `limits_told_within`
};

call_supervisor_door::behavior_type supervise_calls(call_supervisor_door::stateful_pointer<call_supervisor_state> self,
                                                    call_supervisor_state::config settings);

/// Is `tenant`, which a webhook found by the called number, the call's own? A number may have moved since the call
/// began. Null is nobody's; a call without a tenant takes whose number it is now.
[[nodiscard]] bool is_tenant_of(const tenant_ptr& tenant, const model::call_record& call);

/// What is known of a call when its webhook is answered.
[[nodiscard]] model::call_checkpoint checkpoint_of(const model::twilio::voice_request& request,
                                                   const tenant_ptr& tenant, const model::agent_id& agent,
                                                   model::call_record::time now, bool from_tenant,
                                                   const model::call_route& route);

}  // namespace tonris::actors
