#pragma once

#include <caf/actor_system.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>
#include <cstddef>
#include <functional>
#include <string>

#include <tl/expected.hpp>

#include "actors/runtime/message.hpp"
#include "actors/runtime/supervised.hpp"
#include "actors/store/tenant_database.hpp"
#include "actors/tenant/store_messages.hpp"

/// This node's own copy of the tenants it has fetched from a store that it shares.
namespace tonris::actors {

struct keep_copy {  // -> copy_kept
  using travels = in_process;
  stored_tenant tenant;
};
struct copy_kept {
  using travels = in_process;
};
/// Brings the copies of tenants that the store does not have into it; who is there stays as he is.
struct restore_tenants {  // -> restored_tenants
  using travels = in_process;
};
struct restored_tenants {
  using travels = in_process;
  std::size_t restored = 0;
  std::size_t there = 0;    ///< were in the store already
  std::size_t refused = 0;  ///< one of their numbers is another's now
};

/// `nobody` of a look-up means that there is no copy. An error: the file cannot be used, or the store cannot.
using tenant_mirror = caf::typed_actor<caf::replies_to<look_up_tenants>::with<looked_up_tenants>,
                                       caf::replies_to<read_tenant_page>::with<tenant_page_read>,
                                       caf::replies_to<keep_copy>::with<copy_kept>,
                                       caf::replies_to<restore_tenants>::with<restored_tenants>>;

/// `DATA_DIR/tenant_mirror.db` in a detached actor, which alone may wait for the disk. It watches the store: a copy
/// whose tenant has changed is read again, and after each break in what the store tells all of them are verified, few
/// at a time, so that nobody waits behind them. A tenant who has gone from a store that has lost none goes here. The
/// file remembers as well which data the node has believed, so that its next life knows when that was lost. What cannot
/// be read or written is refused and logged; a file that cannot be opened is tried again each second.
struct tenant_mirror_settings {
  using opener = std::function<tl::expected<tenant_database, unusable_database>()>;
  opener open;         ///< asked by each life, on its own thread
  tenant_store store;  ///< the shared one
};
[[nodiscard]] tenant_mirror spawn_tenant_mirror(caf::actor_system& system, tenant_mirror_settings settings,
                                                node_part part);

}  // namespace tonris::actors
