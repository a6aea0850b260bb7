#pragma once

#include <caf/actor_system.hpp>
#include <chrono>
#include <functional>
#include <string>

#include <tl/expected.hpp>

#include "actors/access/messages.hpp"
#include "actors/runtime/supervised.hpp"
#include "actors/store/access_database.hpp"

namespace tonris::actors {

/// The access store of one node: SQLite in `DATA_DIR/access.db`, in a detached actor, which alone may wait for the
/// disk. What cannot be read or written is refused, counted and logged; a file that cannot be opened is tried again
/// with the next question, each second at most. When the actor crashes, its next life opens the file again.
struct access_store_settings {
  using opener = std::function<tl::expected<access_database, unusable_database>()>;
  opener open;  ///< asked by each life, on its own thread
  std::function<std::chrono::system_clock::time_point()> wall_clock;
};
[[nodiscard]] access_store spawn_access_store(caf::actor_system& system, access_store_settings settings,
                                              node_part part);

/// In a directory that is there. An error is one line for the operator: a file that cannot be read, or that a newer
/// version wrote. A full disk is none.
[[nodiscard]] tl::expected<access_store, std::string> open_access_store(caf::actor_system& system,
                                                                        const std::string& data_dir, node_part part);

}  // namespace tonris::actors
