#pragma once

#include <iosfwd>
#include <string>

#include <tl/expected.hpp>

namespace tonris::ctl {

/// Reads a TENANTS_FILE as the gateway would and says to `out` all that is wrong with it, by line and tenant, and what
/// this version does not act on. True when the gateway would serve every tenant of it; the error is one line: nothing
/// of it can be served, as it cannot be read or is no JSON list. Blocks on the disk.
[[nodiscard]] tl::expected<bool, std::string> check_tenants(const std::string& file, std::ostream& out);

}  // namespace tonris::ctl
