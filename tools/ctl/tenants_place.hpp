#pragma once

#include <iosfwd>
#include <string>

#include <tl/expected.hpp>

#include "tools/ctl/setting.hpp"
#include "tools/ctl/tenants.hpp"

namespace CLI {
class App;
}  // namespace CLI

namespace tonris::ctl {

/// Where a command is told that tenants are.
struct tenants_place {
  std::string gateway, data_dir, env_file = ".env";
  bool is_redis = false;
};

/// The flags that say so.
void add_place(CLI::App& command, tenants_place& place);
/// The same for what only a gateway can do.
void add_gateway_alone(CLI::App& command, tenants_place& place);

/// A gateway that runs; with `is_redis` the store that REDIS_URL names; with a data_dir that directory's. With
/// REDIS_URL, where no gateway was named and none answers, that store as well, which `aside` is told. Blocks.
[[nodiscard]] tl::expected<tenants_door, std::string> tenants_at(const tenants_place& place, const lookup& environment,
                                                                 std::ostream& aside);
[[nodiscard]] tl::expected<tenants_door, std::string> tenants_at_gateway(const tenants_place& place,
                                                                         const lookup& environment);

}  // namespace tonris::ctl
