#pragma once

#include <caf/actor_system.hpp>
#include <cstddef>

#include "actors/recording/messages.hpp"
#include "actors/telemetry/metrics.hpp"

namespace tonris::actors {

/// Records calls at Twilio. It looks first, each time: a call that is recorded already is not recorded again, and what
/// became of a question whose answer was lost is found out, once at once, and else by whoever asks again. One that is
/// listed and not there yet (404) is looked for again, within 15 s. What makes a recording is sent a single time. One
/// question about a call after the other. Ordinary actor; a new life knows nothing of the old one's questions, and
/// needs not.
struct call_recorder_settings {
  static constexpr std::size_t most = 200;  ///< questions at once, those that wait for their turn among them

  twilio_rest twilio;
  metrics* counters = nullptr;
};
[[nodiscard]] call_recorder record_calls(caf::actor_system& system, call_recorder_settings settings);

}  // namespace tonris::actors
