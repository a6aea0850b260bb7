#pragma once

#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>
#include <cstddef>
#include <optional>
#include <string>

#include "actors/callback/messages.hpp"
#include "actors/runtime/message.hpp"
#include "model/text/ids.hpp"

namespace tonris::actors {

/// What was told of conversations that nobody knows, and names that number: it has no call to be forgotten by.
struct forget_callbacks_with {  // -> callbacks_with_forgotten; an error: it is not sure that they are gone
  using travels = in_process;
  std::string number;                      ///< E.164, or an address
  std::optional<model::tenant_id> tenant;  ///< that the report names as its own; nothing: whichever
};
struct callbacks_with_forgotten {
  using travels = in_process;
  std::size_t conversations = 0;
  std::size_t left = 0;  ///< reports that name it, and whose calls were not looked for yet
};

/// The keeper of callbacks, for whoever forgets a number.
using callback_keeper_by_number =
    callback_keeper::extend<caf::replies_to<forget_callbacks_with>::with<callbacks_with_forgotten>>;

}  // namespace tonris::actors
