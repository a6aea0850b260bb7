#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tools/ctl/gateway.hpp"
#include "tools/ctl/tenant_commands.hpp"

namespace CLI {
class App;
}  // namespace CLI

namespace tonris::ctl {

struct refused_flags {
  /// What GET /api/webhooks/refused takes, by its own names; what was not given is "".
  std::vector<std::pair<std::string, std::string>> filters;
  std::string gateway, env_file = ".env";
  bool as_json = false;
};

/// `refused`: the vendors' requests that a gateway refused before they became calls. `flags` and `run` outlive the
/// parsing.
void add_refused_command(CLI::App& app, refused_flags& flags, tenant_command& run);

/// The answer of GET /api/webhooks/refused as a table; "" where it has no items. Nothing: it is no such answer.
[[nodiscard]] std::optional<std::string> refused_table(std::string_view answer);

/// Where no call is found there may be requests that never became one. `since`: as the list takes it; "": all. A line
/// for whoever looks for calls of numbers that `is_looked_for`; "": nothing was refused of theirs, or nobody can say.
[[nodiscard]] std::string say_if_refused(const gateway& of, const std::string& since,
                                         const std::function<bool(std::string_view)>& is_looked_for);

}  // namespace tonris::ctl
