#pragma once

#include <caf/event_based_actor.hpp>
#include <caf/stateful_actor.hpp>
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>

#include "actors/call_services.hpp"
#include "actors/messages.hpp"

namespace tonris::actors {

inline constexpr std::chrono::seconds ticket_life{60};
inline constexpr std::size_t remembered_calls = 2000;

/// All calls of this node: one call actor per CallSid, however often Twilio asks; the tickets its streams open with;
/// what to answer after a call has ended. Ordinary actor.
struct call_supervisor_state {
  struct config {
    std::shared_ptr<const call_services> services;
    std::function<model::ticket()> make_ticket;  ///< 128 random bits
    std::size_t max_calls = 1000;
  };

  static inline const char* name = "tonris.call_supervisor";

  explicit call_supervisor_state(caf::event_based_actor* actor) : self(actor) {}
  caf::behavior make_behavior(config with);

 private:
  struct entry {
    caf::actor call;
    model::ticket ticket;
    caf::actor_clock::time_point ticket_expires;
    bool ticket_used = false;
  };
  struct memory {
    model::end_reason reason{};
    std::string sentence, language, record;
  };

  call_answer on(const start_call& wanted);
  call_answer refuse(const start_call& wanted, model::end_reason reason) const;
  redeemed_ticket on(const redeem_ticket& shown);
  void on(const call_finished& finished);
  void on_down(const caf::down_msg& down);
  call_answer answer_ended(const memory& ended) const;
  void forget_live(const model::call_sid& call);
  void remember(const model::call_sid& call, memory ended);

  caf::event_based_actor* self;
  config with_;
  std::unordered_map<model::call_sid, entry> live_;
  std::unordered_map<caf::actor_addr, model::call_sid> sid_of_;
  std::unordered_map<model::ticket, model::call_sid> tickets_;
  std::unordered_map<model::call_sid, memory> ended_;
  std::deque<model::call_sid> ended_order_;  // oldest first
  bool stopping_ = false;
};

caf::behavior call_supervisor(caf::stateful_actor<call_supervisor_state>* self, call_supervisor_state::config with);

}  // namespace tonris::actors
