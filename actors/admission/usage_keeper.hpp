#pragma once

#include <caf/actor_system.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>
#include <functional>
#include <string>

#include <tl/expected.hpp>

#include "actors/runtime/message.hpp"
#include "actors/store/usage_database.hpp"
#include "actors/telemetry/metrics.hpp"

namespace tonris::actors {

struct write_usage {  // -> usage_written; an error: it is to be given again
  using travels = in_process;
  usage_snapshot what;
};
struct usage_written {
  using travels = in_process;
};
/// Who writes down what is used of months, whatever it is kept in.
using usage_keeper = caf::typed_actor<caf::replies_to<write_usage>::with<usage_written>>;

/// In SQLite, by a connection of its own: a detached actor, which alone waits for that disk. A file that cannot be
/// opened is tried again with the next snapshot.
struct usage_keeper_settings {
  std::function<tl::expected<usage_database, usage_database::unusable>()> open;
  std::function<usage_database::time()> wall_clock;
  metrics* counters = nullptr;
};
[[nodiscard]] usage_keeper spawn_usage_keeper(caf::actor_system& system, usage_keeper_settings settings);

}  // namespace tonris::actors
