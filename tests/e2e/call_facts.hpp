#pragma once

#include <map>
#include <string>
#include <vector>

namespace tonris::e2e {

/// What one call's record says, by field ("streams[0].streamSid"), so that it can be compared with another call's:
/// without times, what measures them (lengths, counts of frames) and what that costs, which the vendors' books say of
/// each, and of each SID and conversation only which one it is ("MZ#2": the second stream). `json`: of
/// GET /api/calls/{CallSid}.
[[nodiscard]] std::map<std::string, std::string> facts_of_record(const std::string& json);

/// What its timeline says, an event a line ("stream_started: MZ#1"), likewise; sorted, since callbacks stand where they
/// came. `json`: of GET /api/calls/{CallSid}/events.
[[nodiscard]] std::vector<std::string> facts_of_timeline(const std::string& json);

}  // namespace tonris::e2e
