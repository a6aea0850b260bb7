#pragma once

#include <string>
#include <vector>

#include "model/call/record.hpp"
#include "model/call/timeline.hpp"

namespace tonris::model {

/// How far a call came, in one line: whether Twilio asked for it and what it was answered, the stream, the agent,
/// tools, transfers, what came instead of the agent, and what Twilio says of the call and of the legs that it dialled
/// for it. "Course: webhook, answered <Connect>; stream after 0.4 s; …; Twilio says completed, 61 s.\n"
[[nodiscard]] std::string course_of(const std::vector<timeline_event>& events, const call_record& record);

}  // namespace tonris::model
