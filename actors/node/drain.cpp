#include "actors/node/drain.hpp"

#include <string>
#include <thread>

#include "actors/telemetry/log.hpp"

namespace tonris::actors {

namespace {

constexpr std::chrono::seconds hand_over_limit{5};

/// Until what the supervisor counts is `over`, but no longer than that. Where the doors stay, what Twilio has still to
/// ask is the next life's.
void wait_until(caf::scoped_actor& self, const drain_plan& plan, std::chrono::seconds at_most,
                bool (*over)(const live_count&)) {
  const auto deadline = std::chrono::steady_clock::now() + at_most;
  std::chrono::steady_clock::time_point let_in_by{};
  while (std::chrono::steady_clock::now() < deadline) {
    if (auto now = count_live_calls(self, plan.supervisor)) {
      if (plan.ringing() > 0) let_in_by = std::chrono::steady_clock::now() + plan.until_let_in;
      if (std::chrono::steady_clock::now() < let_in_by) ++now->questions;
      if (plan.doors_stay) now->questions = now->returning = 0;
      if (over(*now)) return;
    }
    if (plan.meanwhile) plan.meanwhile();
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
  }
}

}  // namespace

std::optional<live_count> count_live_calls(caf::scoped_actor& self, const call_supervisor& supervisor) {
  std::optional<live_count> found;
  self->request(supervisor, std::chrono::seconds{1}, count_calls{})
      .receive([&](const live_count& now) { found = now; }, [](const caf::error&) {});
  return found;
}

void drain(caf::scoped_actor& self, const drain_plan& plan) {
  const auto ended = [](const live_count& now) { return now.calls + now.questions == 0; };
  const auto handed_over = [](const live_count& now) { return now.calls + now.returning == 0; };
  self->send(plan.supervisor, stop_taking_calls{});
  if (const auto live = count_live_calls(self, plan.supervisor); !live || live->calls + live->questions > 0)
    log::info("Draining: {calls} live calls have {seconds} s to end",
              {{"calls", live ? std::to_string(live->calls) : "the"}, {"seconds", plan.for_calls_to_end.count()}});
  if (const auto ringing = plan.ringing(); ringing > 0 && !plan.doors_stay)
    log::info("Draining: {calls} calls that this node has placed ring, and have that time, too", {{"calls", ringing}});
  wait_until(self, plan, plan.for_calls_to_end, ended);
  if (const auto left = count_live_calls(self, plan.supervisor); !left || left->calls > 0)
    log::info("Handing over {calls} calls", {{"calls", left ? std::to_string(left->calls) : "the"}});
  if (plan.doors_stay) plan.close_doors();
  self->send(plan.supervisor, hand_over_calls{});
  wait_until(self, plan, hand_over_limit, handed_over);
}

}  // namespace tonris::actors
