#pragma once

#include <caf/actor_system.hpp>
#include <functional>
#include <memory>
#include <string>

#include <tl/expected.hpp>

#include "actors/call/call_store.hpp"
#include "actors/call/conversation_index.hpp"
#include "actors/call/messages.hpp"
#include "actors/callback/by_number.hpp"
#include "actors/callback/messages.hpp"
#include "actors/store/callback_database.hpp"
#include "actors/store/journal.hpp"
#include "actors/telemetry/metrics.hpp"
#include "model/usage/rates.hpp"

namespace tonris::actors {

/// Keeps what ElevenLabs tells after a conversation before it is answered, and brings it into the call's record
/// afterwards, whatever the order: the report before the call's end, its audio before its text, each twice. A detached
/// actor, which alone waits for that disk. A call that nobody knows yet is asked for again, for six hours; then the
/// callback is nobody's, which is counted. What was told to a call is told once more a minute later, so that a crash
/// between loses nothing. Then its body goes, also where it is nobody's. What comes of a call that was deleted is
/// acknowledged, and never written. A number that is forgotten is looked for in what waits, a page of it at a time.
///
/// Recordings lie in DATA_DIR/callbacks, each a file of its own, for its owner only; what was never whole is deleted,
/// at the next start at the latest, and a call's goes within an hour or a day of its record.
struct callback_keeper_settings {
  std::function<tl::expected<callback_database, unusable_database>()> open;  ///< asked each second until it opens
  std::string audio_dir;                                                     ///< made where there is none
  std::function<callback_database::time()> wall_clock;
  call_supervisor supervisor;
  call_store store;
  std::shared_ptr<call_journal> journal;  ///< of the store
  std::shared_ptr<const conversation_index> conversations;
  std::shared_ptr<const model::rate_card> rates =
      std::make_shared<const model::rate_card>(model::rate_card::standard());
  metrics* counters = nullptr;
  std::chrono::milliseconds erase_after{5000};  ///< what goes is out of the write-ahead log then
};

/// Until a call's facts are told once more.
inline constexpr std::chrono::seconds told_again_after{60};

[[nodiscard]] callback_keeper_by_number keep_callbacks(caf::actor_system& system, callback_keeper_settings settings);

}  // namespace tonris::actors
