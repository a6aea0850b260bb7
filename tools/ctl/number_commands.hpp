#pragma once

#include <string>

#include "tools/ctl/tenant_commands.hpp"

namespace tonris::ctl {

/// `tonrisctl number …`: tenants' numbers at Twilio, by way of the gateway, which has the keys.
struct number_flags {
  std::string gateway, env_file = ".env";
  std::string tenant;  ///< "", to list them: of all tenants
  std::string number;
  bool yes = false;
};

/// Adds the commands; `run` is set to the one that was given.
void add_number_commands(CLI::App& number, number_flags& flags, tenant_command& run);

}  // namespace tonris::ctl
