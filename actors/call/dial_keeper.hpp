#pragma once

#include <caf/actor_system.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include <tl/expected.hpp>

#include "actors/call/outbound_dials.hpp"
#include "actors/runtime/message.hpp"
#include "actors/store/dial_database.hpp"
#include "actors/telemetry/metrics.hpp"
#include "model/outbound/dials.hpp"
#include "model/text/ids.hpp"

namespace tonris::actors {

struct load_dials {  // -> dials_kept, once those of the node's former life are known; an error: not yet
  using travels = in_process;
};
struct keep_dials {  // -> dials_kept, once they are on the disk as they are now, or are not there any more where nobody
                     // knows them; an error: that is not sure, and is tried again
  using travels = in_process;
  std::vector<model::ticket> which;
};
struct dials_kept {
  using travels = in_process;
};
using dial_keeper =
    caf::typed_actor<caf::replies_to<load_dials>::with<dials_kept>, caf::replies_to<keep_dials>::with<dials_kept>>;

/// Keeps on the disk what this node knows of the calls that it places, and tells its next life. A detached actor, which
/// alone waits for that disk; it writes what a dial is when its turn has come, so that nothing older comes after it.
struct dial_keeper_settings {
  /// Of those beyond it the disk does not learn what became of them: they go by their age. A new one is not called.
  static constexpr std::size_t most_unwritten = 2 * model::dials::most;

  std::function<tl::expected<dial_database, unusable_database>()> open;  ///< asked each second until it opens
  std::function<dial_database::time()> wall_clock;
  std::shared_ptr<outbound_dials> dials;
  metrics* counters = nullptr;
};
[[nodiscard]] dial_keeper keep_dials_on_disk(caf::actor_system& system, dial_keeper_settings settings);

}  // namespace tonris::actors
