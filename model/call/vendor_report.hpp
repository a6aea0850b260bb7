#pragma once

#include <optional>

#include "model/call/record.hpp"
#include "model/elevenlabs/post_call.hpp"

namespace tonris::model {

/// What a callback after the call has for the call's record: texts within bounds, the analysis as one JSON object
/// {"evaluation":{…},"dataCollection":{…}}. Nothing where its type has none, or it names no conversation.
[[nodiscard]] std::optional<call_record::vendor_report> vendor_report_of(const elevenlabs::post_call& told,
                                                                         call_record::time came);

}  // namespace tonris::model
