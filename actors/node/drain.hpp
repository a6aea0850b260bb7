#pragma once

#include <caf/scoped_actor.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>

#include "actors/call/messages.hpp"

namespace tonris::actors {

/// How a node lets its calls end before it stops.
struct drain_plan {
  call_supervisor supervisor;
  std::chrono::seconds for_calls_to_end{0};
  /// The doors are the service manager's: whatever is asked between this life and the next waits there. Else this one
  /// listens until what it has sent on may be back, and what it says from then on comes back to the next.
  bool doors_stay = false;
  std::function<void()> close_doors;
  std::function<void()> meanwhile;  ///< may be empty; called every now and then
  /// How many calls that this node places ring, or may soon: who answers is served by this life or the next, and by no
  /// other node.
  std::function<std::size_t()> ringing = [] { return std::size_t{0}; };
  std::chrono::milliseconds until_let_in{
      3000};  ///< who has answered is a live call by then: his webhook has its answer
};

/// New calls are sent on, live ones have that time to end, and what is left is handed over. The doors stay open
/// meanwhile, so that Twilio gets its answers. Blocks until that is done.
void drain(caf::scoped_actor& self, const drain_plan& plan);

/// Nothing when the supervisor is late, or between two lives. Blocks for a second at most.
[[nodiscard]] std::optional<live_count> count_live_calls(caf::scoped_actor& self, const call_supervisor& supervisor);

}  // namespace tonris::actors
