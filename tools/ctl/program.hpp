#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "tools/ctl/gateway_calls.hpp"
#include "tools/ctl/refusal.hpp"

namespace tonris::ctl {

/// not_found: there is no such call, tenant or key, or nothing that fits; also a tenant with a mistake. cannot: wrong
/// usage, nobody to ask, a refusal, or a file that says nothing.
enum status : int { found = 0, not_found = 1, cannot = 2 };

/// Tells why nothing came of a command; what it ends with.
[[nodiscard]] int refuse(std::ostream& err, const refusal& why);
[[nodiscard]] int refuse(std::ostream& err, const std::string& why);

/// tonrisctl, told to do what `arguments` (without the program's name) say. What was found goes to `out`, one line
/// about what went wrong to `err`. Blocks.
[[nodiscard]] int run(std::vector<std::string> arguments, const lookup& environment, std::ostream& out,
                      std::ostream& err);

}  // namespace tonris::ctl
