#pragma once

#include <caf/actor.hpp>
#include <caf/actor_addr.hpp>
#include <caf/actor_clock.hpp>
#include <caf/typed_response_promise.hpp>
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

#include "actors/call/answered_questions.hpp"
#include "actors/call/lifeline.hpp"
#include "model/call/checkpoint.hpp"
#include "model/call/filter.hpp"
#include "model/text/ids.hpp"

namespace tonris::actors {

inline constexpr std::size_t remembered_calls = 2000;

/// What Twilio asks about one call, until it is answered.
struct open_question {
  connect_action asked;
  caf::typed_response_promise<call_answer> to;
  std::function<call_answer()> when_unknown;  ///< nobody has heard of that call
  // of a voice webhook
  tenant_ptr tenant{};
  model::account_sid account{};
};

/// What the call supervisor knows, beside it, so that it outlives a crash of the supervisor. Used by one actor at a
/// time.
struct call_table {
  using time = caf::actor_clock::time_point;  ///< steady: nothing here ends or lasts because a wall clock was set

  struct live {
    call_actor call;
    std::shared_ptr<call_lifeline> life;
    model::call_checkpoint::ticket_state ticket;
    std::vector<open_question> unanswered{};  ///< the actor crashed over them: its next life is asked
  };
  struct dormant {  ///< a call without an actor, whose caller may come back
    std::shared_ptr<call_lifeline> life;
    time since;
    bool sent_on = false;  ///< to another node, or this one's next life, by one that stops
  };
  struct ended {
    model::call_checkpoint state;
    tenant_ptr tenant;               ///< null: the number is in no tenant
    bool tenant_unknown = false;     ///< of a former life of this node: not looked up yet
    time since{};                    ///< its end, or Twilio's last question
    bool caller_gone = false;        ///< Twilio asks no more
    bool over = false;               ///< Twilio said so: he does not come back either
    bool offered = false;            ///< a ticket, to a caller who came back
    model::fallback_news unheard{};  ///< came with a question that Twilio was told to ask again
    answered_questions answered{};
    std::chrono::nanoseconds away{};  ///< as in the lifeline
    model::call_clock clock{};
  };

  /// A table of 50,000 calls that grows takes 20 ms, for which every other call waits.
  void reserve(std::size_t most) {
    calls.reserve(most);
    sid_of.reserve(most);
    tickets.reserve(most);
    memory.reserve(remembered_calls);
  }

  std::unordered_map<model::call_sid, live> calls;
  std::unordered_map<caf::actor_addr, model::call_sid> sid_of;
  std::unordered_map<model::ticket, model::call_sid> tickets;  ///< of calls and of dormant ones
  std::unordered_map<model::call_sid, dormant> waiting;
  std::unordered_map<model::call_sid, ended> memory;  ///< the last `remembered_calls`
  std::deque<model::call_sid> memory_order;           ///< oldest first
  std::shared_ptr<model::call_filter> finished;       ///< what the store has a record of; null: nobody knows
  bool stopping = false;
  bool handing_over = false;
  time last_redirect_back{};               ///< when the last question that was sent on before that may be back
  std::chrono::seconds redirect_pause{2};  ///< what Twilio waits before it asks again: a node needs them to start
};

}  // namespace tonris::actors
