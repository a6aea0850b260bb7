#pragma once

#include <caf/actor_system.hpp>
#include <functional>
#include <string>

#include <tl/expected.hpp>

#include "actors/runtime/supervised.hpp"
#include "actors/store/tenant_database.hpp"
#include "actors/tenant/store_messages.hpp"

namespace tonris::actors {

/// The tenant store of a node that shares its tenants with no other: `DATA_DIR/tenants.db` in a detached actor. Its
/// watchers hear of a change before whoever made it does. While the file cannot be used every question is refused; it
/// is opened again each second. After a crash its next life opens the file, and the watchers are told.
struct tenant_store_settings {
  using opener = std::function<tl::expected<tenant_database, unusable_database>()>;
  opener open;  ///< asked by each life, on its own thread, each second at most until it opens
};
/// An error, one line for the operator: the file cannot be opened. The directory's lock is held by the call store.
[[nodiscard]] tl::expected<tenant_store, std::string> open_sqlite_tenant_store(caf::actor_system& system,
                                                                               const std::string& data_dir,
                                                                               std::string new_generation,
                                                                               node_part part);
[[nodiscard]] tenant_store spawn_sqlite_tenant_store(caf::actor_system& system, tenant_store_settings settings,
                                                     node_part part);

}  // namespace tonris::actors
