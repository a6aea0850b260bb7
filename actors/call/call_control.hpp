#pragma once

#include <deque>
#include <string>

#include "actors/call/agent_transfer.hpp"
#include "actors/call/context.hpp"

namespace tonris::actors {

/// What people do to a call that goes on, by the API: end it, put its caller through, have its agent say something.
/// What was asked for before is not done again.
class call_control {
 public:
  static constexpr std::size_t most_remembered = 16;  ///< requests

  call_control(call_context& call, agent_transfer& transfer) : call_(call), transfer_(transfer) {}

  [[nodiscard]] call_controlled carry_out(const control_call& wanted);

 private:
  [[nodiscard]] call_controlled hang_up(const control_call& wanted);
  [[nodiscard]] call_controlled put_through(const std::string& number);
  [[nodiscard]] call_controlled say(const std::string& words);

  // given
  call_context& call_;
  agent_transfer& transfer_;
  // state
  std::deque<std::string> done_;  ///< requests, each with its id first, the oldest first
  bool was_cut_short_ = false;    ///< the agent's last words, by a hangup
};

}  // namespace tonris::actors
