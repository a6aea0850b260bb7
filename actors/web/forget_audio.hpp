#pragma once

#include <caf/event_based_actor.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <vector>

#include "actors/call/call_store.hpp"
#include "actors/telemetry/metrics.hpp"
#include "actors/tenant/messages.hpp"
#include "actors/vendor/twilio_messages.hpp"
#include "model/call/record.hpp"
#include "model/text/ids.hpp"

namespace tonris::actors {

/// Whom it takes to delete what Twilio keeps of calls.
struct audio_services {
  call_store store;
  tenant_registry registry;
  twilio_rest twilio;
  twilio_account main;  ///< the gateway's; tenants may have their own
  metrics* counters = nullptr;
  std::function<std::chrono::system_clock::time_point()> wall_clock = [] { return std::chrono::system_clock::now(); };
};
/// Of which calls Twilio keeps nothing any more: those may be forgotten.
struct audio_forgotten {
  std::vector<model::call_sid> calls;
  std::size_t spared = 0;  ///< calls that are not to be forgotten, nor was anything of theirs deleted
  std::size_t left = 0;    ///< calls of which Twilio has not deleted all, or was not asked: to be tried again
};
/// At most so many recordings at once; what is beyond them is left.
inline constexpr std::size_t most_audio_forgotten = 200;

/// Which calls are to be left alone, by their records in the store.
using spares_call = std::function<bool(const model::call_record&)>;

/// Deletes messages and recordings of these calls at Twilio, one after the other, by what their records in the store
/// say. One that is not there yet is asked about again, within 15 s for all of them; what is not there then is left. Of
/// an account whose token nobody has they stay, and the log says so. On the thread of the actor, whose behaviour it
/// takes while it waits.
void forget_audio(caf::event_based_actor* self, const audio_services& house, std::vector<model::call_sid> calls,
                  spares_call spares, std::function<void(const audio_forgotten&)> then);

}  // namespace tonris::actors
