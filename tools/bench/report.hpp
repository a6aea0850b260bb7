#pragma once

#include <string>
#include <vector>

#include "tools/bench/figures.hpp"

namespace tonris::bench {

/// A line or two while it goes on: what one run came to.
[[nodiscard]] std::string describe_run(const run_report& run);

/// Spread over the rounds of each target, and gateway to relay pair by pair.
[[nodiscard]] std::string describe_summary(const std::vector<run_report>& runs);

/// All of it as JSON. `title` says what was asked for.
[[nodiscard]] std::string to_json(const std::string& title, const std::vector<run_report>& runs);

/// Did something go wrong that a gateway must not do: loss, reordering, cross-talk, a failed call, any fault?
[[nodiscard]] bool clean(const run_report& run);

}  // namespace tonris::bench
