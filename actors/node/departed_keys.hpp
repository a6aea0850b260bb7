#pragma once

#include <caf/actor_system.hpp>
#include <string>

#include "actors/access/messages.hpp"
#include "actors/tenant/store_messages.hpp"
#include "model/text/ids.hpp"

namespace tonris::actors {

/// At the start of a node that shares its tenants with no other, before its store of keys is opened: the keys of
/// tenants who are none any more are revoked. Who was removed while the keys could not be written, or while no gateway
/// ran, leaves them. Blocks. What cannot be read or written stays as it is, which the log says.
void revoke_departed_keys(caf::actor_system& system, const std::string& data_dir, const tenant_store& tenants);

/// Of one who has left just now. Does not wait: where it fails the log says so.
void revoke_keys_of(caf::actor_system& system, const access_registry& access, const model::tenant_id& tenant);

}  // namespace tonris::actors
