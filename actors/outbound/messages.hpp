#pragma once

#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>
#include <chrono>
#include <cstdint>
#include <optional>

#include "actors/runtime/message.hpp"
#include "model/call/carrier_progress.hpp"
#include "model/call/who_answered.hpp"
#include "model/outbound/dials.hpp"
#include "model/text/ids.hpp"

/// What nodes tell each other of calls that they place.
namespace tonris::actors {

struct share_dial {  // -> dial_shared; before Twilio is asked for it
  using travels = in_process;
  model::dial dial;
  std::uint32_t per_minute = 0, per_day = 0;  ///< attempts of the tenant's, of all nodes
};
struct dial_shared {
  using travels = in_process;
  enum class outcome : std::uint8_t {
    allowed,  ///< it is counted, and every node may serve it
    before,   ///< the client's id is another dial's, of whichever node
    being_called,
    too_many_a_minute,
    too_many_a_day,
    away,  ///< nobody could say: it is not shared
  } is = outcome::away;
  // of the one before
  bool differs = false;               ///< it was asked for something else
  bool is_asking = false;             ///< its node is at it
  model::call_sid call{};             ///< "": not known
  std::optional<model::dial> dial{};  ///< nothing: its ticket is good no more
};

struct tell_dial {  // -> dial_told; Twilio has shown the ticket, at whichever node
  using travels = in_process;
  model::ticket shown_by;
  model::call_sid call;
  bool takes = false;  ///< this node serves it from now on
  std::optional<model::who_answered> heard{};
  std::optional<model::carrier_progress> over{};  ///< its last word
};
struct dial_told {
  using travels = in_process;
  bool is_known = false;              ///< else it is no ticket that any node has given, or another call's
  bool is_elsewhere = false;          ///< another node serves it
  std::optional<model::dial> dial{};  ///< nothing: its ticket is good no more
};

struct dial_is_now {  ///< this node's own copy has changed, or is forgotten
  using travels = in_process;
  model::dial dial;
  bool is_forgotten = false;
};

using dial_sharing = caf::typed_actor<caf::replies_to<share_dial>::with<dial_shared>,
                                      caf::replies_to<tell_dial>::with<dial_told>, caf::reacts_to<dial_is_now>>;

}  // namespace tonris::actors
