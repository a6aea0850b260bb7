#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/call/timeline.hpp"

namespace tonris::model {

/// What broke in a call and was mended before an end that looks as if nothing had: "Before that the agent was connected
/// anew once (agent_lost: reset by peer).\n"; "": nothing did. `direction`: the call's, Twilio's word.
[[nodiscard]] std::string mended(const std::vector<timeline_event>& events, std::string_view direction);

/// What of it the next call meets as well until somebody has done something about it: the last such reason.
[[nodiscard]] std::optional<end_reason> still_to_mend(const std::vector<timeline_event>& events);

}  // namespace tonris::model
