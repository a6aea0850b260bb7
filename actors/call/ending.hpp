#pragma once

#include <string_view>

#include "actors/call/lifeline.hpp"
#include "actors/call/services.hpp"

namespace tonris::actors {

/// Ends a call's record, whoever answers for the call: the call itself, or the supervisor where it has no actor any
/// more. What is open in the record closes, and the timeline, the log and the metrics hear of the end, the last two of
/// an earlier trouble as well (`record.troubled`, which the caller has judged). A reason that the record has stays;
/// else it ends by `reason`. Once a call and end: a call that came back ends again. The lifeline is the caller's
/// meanwhile.
void end_record(call_lifeline& life, const call_services& services, model::call_record::time at,
                model::end_reason reason, std::string_view detail = {});

}  // namespace tonris::actors
