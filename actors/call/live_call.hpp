#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "actors/call/agent_side.hpp"
#include "actors/call/agent_tools.hpp"
#include "actors/call/agent_transfer.hpp"
#include "actors/call/call_control.hpp"
#include "actors/call/caller_side.hpp"
#include "actors/call/context.hpp"
#include "actors/call/length_limit.hpp"
#include "actors/call/month_limit.hpp"
#include "actors/call/pressed_keys.hpp"
#include "actors/call/rehearsal.hpp"
#include "actors/call/stream_tickets.hpp"
#include "actors/call/transcript_keeper.hpp"
#include "actors/call/twilio_questions.hpp"

namespace tonris::actors {

/// One call: the state machine of model/call/machine.hpp, driven by what its legs report; what it does is its members'.
/// Owns and supervises both legs (model/call/supervision.hpp has the rules); sees events, never frames. Ordinary actor.
/// What it knows lives in the call_lifeline, so that another incarnation can go on after a crash, and is written to the
/// store on every change. Ends with call_finished to its supervisor, exactly once; from then on the lifeline is the
/// supervisor's.
class live_call : public call_context {
 public:
  enum class beginning : std::uint8_t {
    fresh,
    after_crash,  ///< of this call's actor: its legs live on
    from_store,   ///< the node was gone: no leg is left
    caller_back,  ///< it had ended with its caller's stream
  };
  struct config {
    call_owner supervisor;
    std::shared_ptr<const call_services> services;
    std::shared_ptr<call_lifeline> life;
    beginning how = beginning::fresh;
  };

  static inline const char* name = "tonris.call";

  explicit live_call(call_inside::pointer actor) : call_context(actor) {}
  [[nodiscard]] call_inside::behavior_type make_behavior(config given);

 private:
  // the beginning
  void begin_as(beginning how);
  void set_out();
  void resume_with_legs();
  void adopt_leg(const any_leg& leg, std::uint64_t taken);
  void resume_without_legs(std::string_view how);

  // the machine
  void happened(model::call_event event) override;
  void end_because(model::end_reason reason, std::string detail, model::call_event event) override;
  void carry_out(model::call_action action);
  [[nodiscard]] bool is_played_out() const;
  void check_legs();  ///< are all gone?

  // what its legs tell once
  void take(told_once number);
  /// A handler of such a message.
  template <class Message, class Then>
  [[nodiscard]] auto once(Then then) {
    return [this, then](told_once number, const Message& told) {
      take(number);
      then(told);
    };
  }

  // the end
  void leg_or_owner_is_gone(const caf::down_msg& down);
  void begin_hand_over(const hand_over& how);
  [[nodiscard]] call_description describe();
  [[nodiscard]] fact_learned learn(const learn_fact& told);
  [[nodiscard]] model::trouble_signs trouble_signs() const;
  void finish();
  void say_last_word(call_finished word);
  [[nodiscard]] call_inside::behavior_type last_words();

  // owned
  transcript_keeper transcript_{*this};
  pressed_keys keys_{*this};
  length_limit length_{*this};
  month_limit month_{*this};
  rehearsal rehearsal_{*this};
  stream_tickets tickets_{*this};
  agent_transfer transfer_{*this};
  agent_tools tools_{*this, keys_, transfer_};
  call_control control_{*this, transfer_};
  agent_side agent_{*this, rehearsal_, keys_, length_, month_, transfer_};
  caller_side caller_{*this, tickets_, agent_, length_};
  twilio_questions questions_{*this, tickets_, caller_};
  // state
  bool set_up_ = false;
};

[[nodiscard]] call_inside::behavior_type run_call(call_inside::stateful_pointer<live_call> self,
                                                  live_call::config given);

}  // namespace tonris::actors
