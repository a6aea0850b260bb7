#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "model/call/record.hpp"
#include "model/call/timeline.hpp"
#include "model/text/ids.hpp"
#include "tools/ctl/gateway.hpp"

namespace tonris::ctl {

/// What that gateway knows of a call; nothing: it does not know the call. Both block, at most for `patience`. An error
/// is one line, without the token.
[[nodiscard]] tl::expected<std::vector<model::timeline_event>, std::string> events_from(
    const gateway& of, const model::call_sid& call, std::chrono::milliseconds patience);
[[nodiscard]] tl::expected<std::optional<model::call_record>, std::string> record_from(
    const gateway& of, const model::call_sid& call, std::chrono::milliseconds patience);

}  // namespace tonris::ctl
