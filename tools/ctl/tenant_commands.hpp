#pragma once

#include <functional>
#include <iosfwd>
#include <optional>
#include <string>

#include "tools/ctl/tenants_place.hpp"

namespace CLI {
class App;
}  // namespace CLI

namespace tonris::ctl {

/// `tonrisctl tenant …`, but for its keys: what is asked of a gateway's tenants, or of a store without one.
struct tenant_flags : tenants_place {
  std::string id, file = "-";
};

/// Adds the commands; `run` is set to the one that was given.
using tenant_command = std::function<int(const lookup& environment, std::ostream& out, std::ostream& err)>;
void add_tenant_commands(CLI::App& tenant, tenant_flags& flags, tenant_command& run);
/// `tonrisctl secrets rotate`.
void add_secrets_commands(CLI::App& secrets, tenant_flags& flags, tenant_command& run);

}  // namespace tonris::ctl
