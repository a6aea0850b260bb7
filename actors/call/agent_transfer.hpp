#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "actors/call/context.hpp"
#include "model/tool/tool_command.hpp"
#include "model/tool/tool_result.hpp"
#include "model/tool/transfer_guard.hpp"

namespace tonris::actors {

/// From when the agent may put the caller through to when its saying so is waited for no longer.
inline constexpr std::chrono::seconds transfer_announcement_limit{15};

/// The agent puts the caller through: where the tenant allows it (model/tool/transfer_guard.hpp), and once the agent
/// has told the caller so. Then its conversation is closed, its last words are played out, and the call ends as
/// `transferred`: Twilio, which asks what comes next, is told whom to dial (fallback_of). Who is not answered comes
/// back to the agent as a call whose caller has returned, and the agent is told.
class agent_transfer {
 public:
  explicit agent_transfer(call_context& call) : call_(call) {}

  /// What the agent is told, and whether it is to say so to the caller now.
  struct decision {
    model::tool_result result;
    bool allowed = false;
  };
  [[nodiscard]] decision ask(const model::tool_commands::transfer_call& wanted);
  /// A person asks for it, by the API: by the same rules but for their count, and the agent says so first, where it is
  /// there.
  [[nodiscard]] model::transfer_verdict ask_for(const std::string& number);
  /// It has its answer, or wants none.
  void await_announcement(bool has_answer);

  [[nodiscard]] model::end_reason reason() const noexcept;  ///< of a call that ends with it
  [[nodiscard]] bool is_announced() const noexcept;         ///< the caller is about to be put through
  [[nodiscard]] bool announcement_is_said();                ///< of last_turn_over; false: it was not this
  void overdue();                                           ///< of transfer_due
  void lives_again();                                       ///< after a crash of the call's actor
  void begin_anew();                                        ///< after the node's: what was announced then is over
  void conversation_begins();                               ///< it is told that nobody answered

 private:
  void put_through(const char* how);
  [[nodiscard]] model::transfer_decision decide(const std::string& number, std::uint32_t placed) const;
  void begin(model::call_checkpoint::transfer_state wanted);

  call_context& call_;
};

}  // namespace tonris::actors
