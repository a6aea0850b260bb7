#pragma once

#include <string>

#include "tools/ctl/tenant_commands.hpp"

namespace tonris::ctl {

/// `tonrisctl agent check`: tenants' agents at ElevenLabs, with the key that is in the environment or in `.env`.
struct agent_flags : tenants_place {
  std::string tenant;  ///< "": all of them
  bool json = false;
};

/// Adds the command; `run` is set if it was given.
void add_agent_commands(CLI::App& agent, agent_flags& flags, tenant_command& run);

}  // namespace tonris::ctl
