#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

#include "tools/ctl/tenant_commands.hpp"

namespace CLI {
class App;
}  // namespace CLI

namespace tonris::ctl {

struct usage_flags {
  /// What GET /api/usage takes, by its own names; what was not given is "".
  std::vector<std::pair<std::string, std::string>> filters;
  std::string compare, outcome;  ///< of GET /api/usage/variants: "old,new"
  std::string gateway, env_file = ".env";
  bool as_json = false;
};

/// `usage`: what a gateway's ended calls used, or which of two variants of a tenant's is better. `flags` and `run`
/// outlive the parsing.
void add_usage_command(CLI::App& app, usage_flags& flags, tenant_command& run);

/// The answer of GET /api/usage as a table: a row a group, and all of them. An error: it is no such answer.
[[nodiscard]] tl::expected<std::string, std::string> usage_table(std::string_view answer);

}  // namespace tonris::ctl
