#pragma once

#include "actors/call/context.hpp"
#include "actors/vendor/messages.hpp"

namespace tonris::actors {

class agent_side;

/// A second conversation beside one that does not begin (model/call/supervision.hpp has the times): whichever is ready
/// first goes on, the other is given up. Once a leg.
class second_attempt {
 public:
  second_attempt(call_context& call, agent_side& agent) : call_(call), agent_(agent) {}

  void await();                               ///< the call has an agent leg that is not ready yet
  void begin(const second_attempt_due& due);  ///< its time has come
  void take_over();                           ///< the second leg is the call's agent leg from now on

 private:
  [[nodiscard]] bool is_wanted(caf::actor_id beside) const;
  void open(caf::actor_id beside, const signed_url_answer& answer);

  call_context& call_;
  agent_side& agent_;
};

}  // namespace tonris::actors
