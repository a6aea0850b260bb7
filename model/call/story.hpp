#pragma once

#include <string>
#include <vector>

#include "model/call/record.hpp"
#include "model/call/timeline.hpp"

namespace tonris::model {

/// For whoever is asked at three in the morning what became of a call: when, whose and between whom it was; its
/// timeline; why it ended, judged by the whole call; the record in short; last what to do. `record` null: none is
/// known. No whole number of a caller.
[[nodiscard]] std::string call_story(const std::vector<timeline_event>& events, const call_record* record);

/// The same in ten lines at most: who called whom and when, what happened and who caused it, how far it came, what to
/// do, and the ids to quote to Twilio and ElevenLabs. No whole number of a caller's.
[[nodiscard]] std::string call_summary(const std::vector<timeline_event>& events, const call_record& record);

}  // namespace tonris::model
