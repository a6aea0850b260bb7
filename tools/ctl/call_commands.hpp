#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tools/ctl/tenant_commands.hpp"

namespace CLI {
class App;
}  // namespace CLI

namespace tonris::ctl {

struct call_flags {
  /// What GET /api/calls takes, by its own names; what was not given is "".
  std::vector<std::pair<std::string, std::string>> filters;
  std::string data_dir, gateway, env_file = ".env";
  std::string call, tenant, text, number, from, agent, id;
  bool as_json = false;
};

/// `calls`: a gateway's, or of what one has left in its DATA_DIR; `tail`: what happens to them now; `call`: places one;
/// `hangup`, `transfer`, `say` and `note`: what is done to one by the API. `flags` and `run` outlive the parsing.
void add_call_commands(CLI::App& app, call_flags& flags, tenant_command& run);

}  // namespace tonris::ctl
