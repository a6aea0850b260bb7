#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "tests/e2e/world.hpp"

namespace tonris::e2e {

[[nodiscard]] sim::agent_failure breaks(sim::agent_failure::manner how,
                                        std::chrono::milliseconds after_metadata = std::chrono::seconds{1},
                                        std::uint16_t code = 1011);

/// An agent that greets, minds no interruption, and fails like this in its first conversation only.
[[nodiscard]] sim::agent_behaviour first_fails(const sim::agent_failure& how, std::uint64_t number);

/// The caller kept his stream, one new conversation healed the call, and its timeline names that reason.
void expect_healed(world& w, const sim::caller_report& report, const std::string& reason);
/// Then, with no call left: no conversation bills on, and the vendor has nothing to complain of.
void expect_vendor_content(world& w);

}  // namespace tonris::e2e
