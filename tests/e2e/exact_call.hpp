#pragma once

#include <cstdint>
#include <future>

#include "tests/e2e/call_sids.hpp"
#include "tests/e2e/world.hpp"

namespace tonris::e2e {

/// A call whose audio is compared byte by byte, both ways. Both sides say frames that carry the call's number.
struct exact_call {
  explicit exact_call(std::uint32_t number, std::uint64_t frames = 100)
      : id(number), says(number, frames), said(frames) {}

  std::uint32_t id;
  identified_frames says;
  std::uint64_t said;  ///< frames, of the caller
  listener hears;
  std::future<sim::caller_report> report;
};

/// The agent's side of it: it begins at once, and never minds being talked over.
[[nodiscard]] sim::agent_behaviour exact_agent();
void say_ids(world& w);

/// The usual options with the call's own CallSid.
[[nodiscard]] sim::caller_options options_of(world& w, const exact_call& call);

/// Waits for the call's end: every frame came, both ways, unchanged and in order.
void expect_exact(world& w, exact_call& call);

/// A whole call, so that what a gateway opens for its first one is open. Its number is 0.
void place_first_call(world& w);

}  // namespace tonris::e2e
