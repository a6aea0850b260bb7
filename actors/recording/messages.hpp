#pragma once

#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>
#include <cstdint>
#include <string>

#include "actors/runtime/message.hpp"
#include "actors/vendor/twilio_messages.hpp"
#include "model/text/ids.hpp"

/// What is asked of the recorder.
namespace tonris::actors {

struct record_call {  // -> call_recorded, always
  using travels = in_process;
  enum class action : std::uint8_t { start, pause, resume, stop } act = action::start;
  model::call_sid call;
  twilio_account as;
  bool dual = false;       ///< start: each side on a channel of its own
  std::string callback{};  ///< start: who is told how it goes on
};
struct call_recorded {
  using travels = in_process;
  enum class outcome : std::uint8_t {
    done,
    as_it_was,  ///< there was nothing to do
    none,       ///< there is no recording to act on
    refused,    ///< by Twilio; nothing was done
    unknown,    ///< nobody knows what was done: whoever asks again finds out first
  };
  outcome is = outcome::done;
  std::string recording{}, status{};
  std::string why{};  ///< in words, with Twilio's code
};
using call_recorder = caf::typed_actor<caf::replies_to<record_call>::with<call_recorded>>;

}  // namespace tonris::actors
