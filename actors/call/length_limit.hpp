#pragma once

#include <chrono>

#include "actors/call/context.hpp"

namespace tonris::actors {

/// What a look at the clock says of a call's length.
struct length_step {
  bool over = false;
  bool warn = false;  ///< the agent is asked to say goodbye
  std::chrono::nanoseconds look_again{0};
  bool operator==(const length_step&) const = default;
};
/// `left` of `limit`. Whoever is limited to less than the warning is not warned.
[[nodiscard]] length_step step_of_length(std::chrono::nanoseconds limit, std::chrono::nanoseconds left,
                                         bool warned) noexcept;

/// How long the call may last: its tenant's limit, from when the caller was answered, without the time he was away. 30
/// s before it the agent is asked to say goodbye; when it has, or when the time is over, the call ends.
class length_limit {
 public:
  explicit length_limit(call_context& call) : call_(call) {}

  void begin();            ///< the call is answered, or lives again
  void look();             ///< of length_check
  void warn_if_due();      ///< a conversation began: it is told as well
  void goodbye_is_said();  ///< of last_turn_over

 private:
  void ask_for_goodbye_now();

  call_context& call_;
};

}  // namespace tonris::actors
