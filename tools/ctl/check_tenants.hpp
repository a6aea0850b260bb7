#pragma once

#include <iosfwd>
#include <string>

namespace tonris::ctl {

/// Reads a TENANTS_FILE as the gateway would and says to `out` all that is wrong with it, by line and tenant, and what
/// this version does not act on. True when the gateway would serve every tenant of it. Blocks on the disk.
[[nodiscard]] bool check_tenants(const std::string& file, std::ostream& out);

}  // namespace tonris::ctl
