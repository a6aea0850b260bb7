#pragma once

#include "actors/call/answered_questions.hpp"
#include "actors/call/messages.hpp"
#include "actors/store/journal.hpp"
#include "actors/telemetry/metrics.hpp"
#include "model/call/checkpoint.hpp"

namespace tonris::actors {

/// The one path by which a caller without an agent is helped on (model/call/fallback.hpp): the next step of this call's
/// fallback, written into its checkpoint, its timeline and the metrics. `call.record.reason` must be set. Whoever owns
/// the checkpoint calls it: the call while it lives, the supervisor afterwards. A question that only asks again gets
/// the step that was given.
[[nodiscard]] call_answer next_fallback(model::call_checkpoint& call, const model::tenant* tenant,
                                        model::fallback_news news, answered_questions& answered, call_journal& journal,
                                        metrics& counters, model::call_record::time now);

/// Takes down what became of a transfer or a message, also when the caller is gone and nothing follows.
void take_news(model::call_checkpoint& call, model::fallback_news news, call_journal& journal,
               model::call_record::time now);

}  // namespace tonris::actors
