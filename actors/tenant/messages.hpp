#pragma once

#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>
#include <memory>
#include <string>

#include "actors/runtime/message.hpp"
#include "model/tenant/tenant.hpp"

/// What is asked of the tenant registry.
namespace tonris::actors {

using tenant_ptr = std::shared_ptr<const model::tenant>;
struct find_tenant {  // -> found_tenant
  using travels = in_process;
  std::string number;  ///< E.164, in whichever of its forms
  /// The caller's number and the one that sent him on, where they are known: are they a tenant's?
  std::string from{}, forwarded_from{};
  bool or_default = false;  ///< where nobody has the number: DEFAULT_TENANT
};
struct find_tenant_by_id {  // -> found_tenant; whose a call is, also after its number moved
  using travels = in_process;
  model::tenant_id id;
};
struct found_tenant {
  using travels = in_process;
  tenant_ptr tenant;         ///< null: nobody has that number, or that id
  bool from_tenant = false;  ///< the call comes from a tenant's number, or by way of another's
  bool is_default = false;   ///< nobody has that number, which is known: it is DEFAULT_TENANT
};
/// What every tenant registry answers. An error: the store cannot be asked, and the tenant is not at hand.
using tenant_registry = caf::typed_actor<caf::replies_to<find_tenant>::with<found_tenant>,
                                         caf::replies_to<find_tenant_by_id>::with<found_tenant>>;

}  // namespace tonris::actors
