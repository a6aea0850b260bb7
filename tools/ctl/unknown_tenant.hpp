#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "tools/ctl/gateway.hpp"

namespace tonris::ctl {

/// GET of something about a tenant's calls, answered with 200: of a tenant that the gateway does not know the error
/// says so, with the names of a few that are like it. `tenant`: "", where none is named.
[[nodiscard]] tl::expected<net::http_response, refusal> ask_about(const gateway& of, const std::string& path,
                                                                  const std::string& tenant,
                                                                  std::chrono::milliseconds patience);

/// Those that somebody may have meant by `name`, the likest first; three at most.
[[nodiscard]] std::vector<std::string> alike(std::string_view name, std::vector<std::string> names);

}  // namespace tonris::ctl
