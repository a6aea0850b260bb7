#pragma once

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/call/lifeline.hpp"
#include "actors/call/messages.hpp"
#include "actors/call/services.hpp"
#include "actors/leg/messages.hpp"
#include "actors/runtime/message.hpp"
#include "actors/telemetry/log.hpp"
#include "actors/vendor/messages.hpp"
#include "model/call/machine.hpp"
#include "model/call/record.hpp"

namespace tonris::actors {

// --- to itself
struct caller_overdue {  ///< no stream came in time
  using travels = in_process;
  std::uint32_t wait = 0;  ///< which wait; a later one counts no more
};
struct retry_agent {  ///< the wait before the next conversation is over
  using travels = in_process;
  std::uint32_t attempt = 0;
};
struct second_attempt {  ///< its agent leg still gives no metadata
  using travels = in_process;
  caf::actor_id beside = 0;
};
struct rehearse {  ///< the tenant's rehearsal is due
  using travels = in_process;
};
struct slow_fetch {  ///< a rehearsed slow vendor
  using travels = in_process;
  std::chrono::milliseconds at_most{};
  bool too_late = false;
};
struct length_check {
  using travels = in_process;
};
/// A call, with what it says to itself.
using call_inside =
    call_actor::extend<caf::reacts_to<caller_overdue>, caf::reacts_to<retry_agent>, caf::reacts_to<second_attempt>,
                       caf::reacts_to<rehearse>, caf::reacts_to<slow_fetch>, caf::reacts_to<length_check>>;

/// One call: the state machine of model/call/machine.hpp, driven by what its legs report. Owns and supervises both
/// legs (model/call/supervision.hpp has the rules); sees events, never frames. Ordinary actor. What it knows lives in
/// the call_lifeline, so that another incarnation can go on after a crash, and is written to the store on every change.
/// Ends with call_finished to its supervisor, exactly once; from then on the lifeline is the supervisor's.
struct live_call {
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
  [[nodiscard]] static bool is_over(model::call_state state) noexcept {
    return state == model::call_state::ending || state == model::call_state::ended;
  }
  [[nodiscard]] static std::string words(std::string_view what, std::string_view detail);  ///< "what: detail"

  explicit live_call(call_inside::pointer actor) : self(actor) {}
  call_inside::behavior_type make_behavior(config with);

 private:
  [[nodiscard]] model::call_record& record() noexcept { return with_.life->state.record; }
  [[nodiscard]] const model::call_record& record() const noexcept { return with_.life->state.record; }
  [[nodiscard]] const model::tenant& tenant() const noexcept { return *with_.life->tenant; }
  [[nodiscard]] bool sent_by(const any_leg& leg) const;  ///< the message being handled
  void took(told_once what);
  /// A handler of what a leg tells once.
  template <class Message, class Then>
  [[nodiscard]] auto once(Then then) {
    return [this, then](told_once number, const Message& what) {
      took(number);
      then(what);
    };
  }
  void note(model::call_moment what, std::string_view detail = {});
  void save();
  [[nodiscard]] model::call_record::time now() const;  ///< by the call's own clock

  // the beginning
  void set_out();
  void resume_with_legs();
  void take_over(const any_leg& leg, std::uint64_t taken);
  void resume_without_legs(std::string_view how);

  // the machine
  void happened(model::call_event event);
  void carry_out(model::call_action action);
  void end_because(model::end_reason reason, std::string detail, model::call_event event);
  void check_legs();

  // the agent leg
  void fetch_url();
  void ask_for_url(std::chrono::milliseconds at_most);
  void on(const slow_fetch& rehearsed);
  void fetch_policy();
  void on_url(const signed_url_answer& answer);
  void open_agent();
  void open_agent_when_ready();
  [[nodiscard]] agent_leg::config next_conversation(model::elevenlabs::signed_url url);
  void await_second_attempt();
  [[nodiscard]] bool wants_second_attempt(caf::actor_id beside) const;
  void on(const second_attempt& due);
  void open_second_agent(caf::actor_id beside, const signed_url_answer& answer);
  void second_agent_takes_over();
  void give_up(agent_leg_actor& leg);
  void close_agent_legs();
  void rejoin();
  void in_trouble(model::end_reason reason);
  void agent_noticed_caller();
  [[nodiscard]] model::trouble_signs trouble_signs() const;
  void agent_trouble(model::end_reason reason, std::string detail);
  void tell_of_failure(log::pieces words);  ///< in the log: one line a conversation
  [[nodiscard]] std::optional<std::chrono::milliseconds> wait_before_restart(model::end_reason reason);
  [[nodiscard]] bool agent_was_heard();
  [[nodiscard]] caf::actor_clock::time_point silent_since() const;
  [[nodiscard]] std::chrono::milliseconds left_to_reach_agent();
  void conversation_over(std::optional<unsigned> close_code);
  void on(const agent_ready& ready);
  void on(const agent_leg_ended& end);
  void on(const transcript_line& line);
  void on(const transcript_correction& correction);
  void on(const retry_agent& due);

  // the caller leg
  void wait_for_caller(caf::timespan at_most);
  void on(const caller_overdue& overdue);
  void on(const caller_connected& connected);
  void on(const stream_started& started);
  void on(const caller_leg_ended& end);
  void on(const key_pressed& key);
  void stream_over();
  void drop_stream(model::end_reason reason, std::string_view how);
  void tell_keys();
  void on(const stream_reported& reported);
  void give_up_stream(std::string_view why);
  [[nodiscard]] bool redirected_lately() const;
  [[nodiscard]] bool is_replaced() const;
  // what Twilio asks
  caf::result<call_answer> on(const connect_action& asked);
  [[nodiscard]] std::optional<call_answer> decide(const connect_action& asked);
  [[nodiscard]] std::optional<call_answer> offer(const connect_action& asked);
  call_answer offer_stream();
  void issue_ticket();

  void begin_length_checks();
  void check_length();
  void warn_of_length();
  void on(const last_turn_over& over);
  [[nodiscard]] bool vendor_is_slow();
  void plan_rehearsal();
  void await_rehearsal();
  [[nodiscard]] bool can_be_rehearsed(model::tenant::rehearsal_type::failure what) const;
  void rehearse_now();
  void rehearsed_now();
  void begin_hand_over(const hand_over& how);
  void on_down(const caf::down_msg& down);
  void finish();
  void say_last_word(call_finished word);
  [[nodiscard]] call_inside::behavior_type last_words();

  call_inside::pointer self;
  config with_;
  caf::actor_clock::time_point began_, silent_since_;
  std::optional<model::elevenlabs::signed_url> url_;
  caf::actor_clock::time_point url_fetched_;
  std::optional<model::elevenlabs::agent_policy> policy_;
  std::chrono::milliseconds next_wait_{0};
  std::uint32_t attempt_ = 0, caller_wait_ = 0;
  bool fetching_ = false, agent_wanted_ = false;
  std::optional<model::end_reason> stream_trouble_;  ///< what the newest stream that broke, broke for
  bool offer_failed_ = false;                        ///< Twilio could not open the stream it was told to
  /// When Twilio asked for another document beside the stream.
  std::optional<caf::actor_clock::time_point> redirected_;
  bool handing_over_ = false;
  /// Questions about a call that ends, for whoever remembers it.
  struct held_question {
    connect_action asked;
    caf::typed_response_promise<call_answer> to;
  };
  std::vector<held_question> held_;
  bool set_up_ = false;
  bool sent_on_ = false;  ///< Twilio asked while it was handed over
  std::chrono::seconds hand_over_pause_{0};
  std::optional<call_finished> last_word_;  ///< from then on the lifeline is the supervisor's
};

call_inside::behavior_type run_call(call_inside::stateful_pointer<live_call> self, live_call::config with);

}  // namespace tonris::actors
