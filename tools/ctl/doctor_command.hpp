#pragma once

#include <string>

#include "tools/ctl/tenant_commands.hpp"

namespace tonris::ctl {

/// `tonrisctl doctor`: what keeps calls from coming, and what to do about it.
struct doctor_flags : tenants_place {
  std::string tenant;  ///< "": all of them
  bool json = false;
  bool takes_long = false;
};

/// Adds the command; `run` is set if it was given.
void add_doctor_command(CLI::App& app, doctor_flags& flags, tenant_command& run);

}  // namespace tonris::ctl
