#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "actors/call/agent_transfer.hpp"
#include "actors/call/context.hpp"
#include "actors/call/length_limit.hpp"
#include "actors/call/month_limit.hpp"
#include "actors/call/pressed_keys.hpp"
#include "actors/call/rehearsal.hpp"
#include "actors/call/second_attempt.hpp"
#include "actors/call/signed_address.hpp"
#include "actors/leg/agent_leg.hpp"
#include "actors/telemetry/log.hpp"
#include "actors/vendor/messages.hpp"

namespace tonris::actors {

/// The call's agent leg: its signed address, its conversations one after another, and its restarts
/// (model/call/supervision.hpp has the rules). What it is given outlives it.
class agent_side {
 public:
  /// The fetch answers by itself within its own limit; this one only guards against an actor that is gone.
  static constexpr std::chrono::seconds vendor_guard{4};

  agent_side(call_context& call, rehearsal& rehearsed, pressed_keys& keys, length_limit& length, month_limit& month,
             agent_transfer& transfer)
      : call_(call), rehearsal_(rehearsed), keys_(keys), length_(length), month_(month), transfer_(transfer) {}

  // --- the call's doing
  void begin() { began_ = call_.steady_now(); }                 ///< of this life of the call
  void warm_up();                                               ///< before the caller's stream
  void stream_begins() { stream_began_ = call_.steady_now(); }  ///< a caller who has heard nobody waits since then
  void fetch_policy();                                          ///< what the vendor says of the agent
  void want_policy();                                           ///< unless it is known
  void fetch_address();
  void fetch_address(const slow_fetch& rehearsed);  ///< after the delay of a rehearsed slow vendor
  void open_when_ready();
  void retry_later();
  void retry(const retry_agent& due);
  void adopted() { second_.await(); }  ///< the leg of the call's former life goes on
  void rejoin();                       ///< the caller is back
  void begin_second_attempt(const second_attempt_due& due) { second_.begin(due); }
  void close();

  // --- what its legs report
  void connected();
  void queue(const agent_queue& at);
  void ready(const agent_ready& ready);
  void goodbye();
  void ended(const agent_leg_ended& end);
  [[nodiscard]] bool crashed(const caf::actor_addr& leg);  ///< was it one of its own?
  void conversation_over(std::optional<unsigned> close_code);

  // --- for a second attempt
  [[nodiscard]] agent_leg::config next_conversation(model::elevenlabs::signed_url url);
  void tell_of_failure(log::text words,
                       std::initializer_list<log::field> more);  ///< in the log: one line a conversation

 private:
  void ask_for_address(std::chrono::milliseconds at_most);
  void address_came(const signed_url_answer& answer);
  void open();
  void give_up(agent_leg_actor& leg);
  void came_too_late(const model::conversation_id& conversation);
  void fail(model::end_reason reason, std::string detail);
  [[nodiscard]] std::optional<std::chrono::milliseconds> wait_before_restart(model::end_reason reason);
  [[nodiscard]] bool goes_on_with_next_agent(model::end_reason reason, const std::string& detail);
  [[nodiscard]] agent_circuits::key at_vendor(const model::agent_id& agent) const;
  [[nodiscard]] bool was_heard() const;
  [[nodiscard]] bool hears_nobody_yet() const;
  [[nodiscard]] caf::actor_clock::time_point silent_since() const;
  [[nodiscard]] std::chrono::milliseconds left_to_reach_agent() const;

  // given
  call_context& call_;
  rehearsal& rehearsal_;
  pressed_keys& keys_;
  length_limit& length_;
  month_limit& month_;
  agent_transfer& transfer_;
  // owned
  signed_address address_;
  second_attempt second_{call_, *this};
  // state
  caf::actor_clock::time_point began_, stream_began_;
  std::optional<model::elevenlabs::agent_policy> policy_;  ///< of the agent that the call has now
  bool policy_asked_ = false;
  std::chrono::milliseconds next_wait_{0};
  std::uint32_t attempt_ = 0;
};

}  // namespace tonris::actors
