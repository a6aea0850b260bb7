#pragma once

#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "actors/runtime/message.hpp"
#include "model/text/ids.hpp"

/// What ElevenLabs tells after a conversation: on its way to the disk, and from there into the call's record.
namespace tonris::actors {

/// A recording while it comes in; its owner deletes what was never kept. `number` tells one from another.
struct incoming_audio {
  using travels = in_process;
  std::uint64_t number = 0;
};

// --- to the keeper
struct begin_audio {  // -> incoming_audio; an error: it cannot be written now
  using travels = in_process;
};
struct append_audio {  // -> audio_appended; an error: it will never be whole, and is deleted
  using travels = in_process;
  incoming_audio to;
  std::string bytes;
};
struct audio_appended {
  using travels = in_process;
};
struct drop_audio {
  using travels = in_process;
  incoming_audio which;
};
struct keep_callback {  // -> callback_kept
  using travels = in_process;
  std::string body;        ///< its JSON, without the audio; who sent it has signed it
  incoming_audio audio;    ///< 0: it has none
  bool is_polled = false;  ///< the vendor was asked for it
};
struct callback_kept {
  using travels = in_process;
  enum class outcome : std::uint8_t {
    kept,   ///< it is on the disk
    known,  ///< that event came before; the first one counts
    full,   ///< there is no room
    failed,
    forgotten,  ///< its call was deleted: nothing of it is kept
  } how = outcome::failed;
};

/// Also what comes of them later is not kept.
struct forget_callbacks {  // -> callbacks_forgotten; an error: it is not sure that they are gone
  using travels = in_process;
  std::vector<model::call_sid> calls;
  std::vector<model::conversation_id> conversations{};  ///< of theirs
};
struct callbacks_forgotten {
  using travels = in_process;
};

struct forget_audio_of {  // -> audio_of_forgotten; an error: it is not sure that it is gone
  using travels = in_process;
  model::call_sid call;
};
struct audio_of_forgotten {
  using travels = in_process;
  std::size_t files = 0;  ///< that there were
};

/// Who keeps what ElevenLabs tells (keeper.hpp).
using callback_keeper =
    caf::typed_actor<caf::replies_to<begin_audio>::with<incoming_audio>,
                     caf::replies_to<append_audio>::with<audio_appended>, caf::reacts_to<drop_audio>,
                     caf::replies_to<keep_callback>::with<callback_kept>,
                     caf::replies_to<forget_callbacks>::with<callbacks_forgotten>,
                     caf::replies_to<forget_audio_of>::with<audio_of_forgotten>>;

}  // namespace tonris::actors
