#pragma once

#include <caf/actor_system.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>

#include "actors/access/messages.hpp"
#include "actors/call/call_store.hpp"
#include "actors/call/messages.hpp"
#include "actors/callback/messages.hpp"
#include "actors/runtime/message.hpp"
#include "actors/store/journal.hpp"
#include "actors/telemetry/metrics.hpp"
#include "actors/tenant/messages.hpp"
#include "actors/tenant/store_messages.hpp"
#include "actors/vendor/twilio_messages.hpp"

namespace tonris::actors {

/// Deletes what is kept of callers' voices once a tenant's days for audio are over (`retention.audioDays`): at Twilio
/// messages and recordings of calls, and on this node's disk the audio that ElevenLabs has told. Where a tenant wants
/// nothing else, or is gone, what Twilio keeps is deleted once the days of the call's record are over, which waits for
/// that. What is there, and where, say the records in this node's store; each says then that its recording is gone. Now
/// and then it goes through all tenants, one question after the other with a pause between any two, and whoever has
/// changed has his turn at once; how far it has come with each it remembers, and where Twilio does not do it that
/// tenant's turn comes again. Ordinary actor; a new life reads all records once more.
struct audio_keeper_settings {
  static constexpr std::chrono::minutes between_rounds{60};
  static constexpr std::chrono::milliseconds pause{100};  ///< between two questions
  static constexpr std::chrono::seconds change_wait{1};   ///< changes that come together are looked at together
  static constexpr std::size_t tenants_a_page = 200, records_a_page = 200, due_records_a_page = 50;

  tenant_store tenants;
  tenant_registry registry;
  call_store calls;
  call_supervisor supervisor;
  std::shared_ptr<call_journal> journal;
  access_registry access;
  callback_keeper callbacks;
  twilio_rest twilio;
  twilio_account main;  ///< the gateway's; tenants may have their own
  std::function<model::call_record::time()> wall_clock;
  metrics* counters = nullptr;
};
struct look_for_old_audio {  ///< now, not when the next round is due
  using travels = in_process;
};
using audio_keeper = caf::typed_actor<caf::reacts_to<look_for_old_audio>>;
[[nodiscard]] audio_keeper keep_audio(caf::actor_system& system, audio_keeper_settings settings);

}  // namespace tonris::actors
