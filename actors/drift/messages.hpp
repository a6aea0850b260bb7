#pragma once

#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>

#include "actors/runtime/message.hpp"
#include "actors/store/drift_database.hpp"

namespace tonris::actors {

struct read_drift {  // -> drift_read; an error: the file cannot be read
  using travels = in_process;
  drift_database::wanted what;
};
struct drift_read {
  using travels = in_process;
  drift_database::found found;
};
struct look_at_days {  ///< now, not when the next look is due
  using travels = in_process;
};
using drift_keeper = caf::typed_actor<caf::replies_to<read_drift>::with<drift_read>, caf::reacts_to<look_at_days>>;

}  // namespace tonris::actors
