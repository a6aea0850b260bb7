#pragma once

#include <chrono>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "tools/ctl/gateway.hpp"

namespace tonris::ctl {

// A tenant's keys, by way of the gateway that keeps them. Each blocks, at most for `patience`; an error is one line.

/// A line a key: its id, its scopes, when it was made and used last, its name; "" for none.
[[nodiscard]] tl::expected<std::string, refusal> list_keys(const gateway& of, const std::string& tenant,
                                                           std::chrono::milliseconds patience);
/// The key itself, which nobody can tell again.
[[nodiscard]] tl::expected<std::string, refusal> create_key(const gateway& of, const std::string& tenant,
                                                            const std::string& name,
                                                            const std::vector<std::string>& scopes,
                                                            std::chrono::milliseconds patience);
[[nodiscard]] tl::expected<void, refusal> revoke_key(const gateway& of, const std::string& tenant,
                                                     const std::string& id, std::chrono::milliseconds patience);

}  // namespace tonris::ctl
