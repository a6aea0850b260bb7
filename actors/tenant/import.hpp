#pragma once

#include <caf/scoped_actor.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "actors/tenant/store_messages.hpp"
#include "model/access/field_seal.hpp"
#include "model/tenant/list.hpp"

namespace tonris::actors {

/// Where tenants are brought, and how their secrets are sealed.
struct tenants_destination {
  tenant_store store;
  std::shared_ptr<const model::field_seal> seal;
  std::function<model::aead_nonce()> fresh_nonce;
  /// Of each tenant who left with the file, once the file is brought in; null: nobody has to know.
  std::function<void(const model::tenant_id&)> has_left{};
};

/// What bringing TENANTS_FILE into the store came to.
struct tenants_import {
  model::tenant_changes changes;
  std::size_t kept = 0;              ///< mistaken in the file, and served as before
  std::vector<std::string> refused;  ///< one line each: who could not be brought in, and why
};

/// Makes the store's tenants of the file what the file says now. The same file again changes nothing, so that what the
/// API has changed of them since stays until the file says something else; who left the file leaves the store. Tenants
/// that are not the file's are not touched. Blocks, a second for about 10,000 changes. An error: the store cannot be
/// used; what was brought in until then stays.
[[nodiscard]] tl::expected<tenants_import, std::string> import_tenants(caf::scoped_actor& self,
                                                                       const tenants_destination& to,
                                                                       const model::tenant_list& file);

}  // namespace tonris::actors
