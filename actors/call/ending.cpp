#include "actors/call/ending.hpp"

#include "actors/call/call_log.hpp"
#include "actors/call/metrics.hpp"
#include "actors/call/timeline_note.hpp"
#include "actors/call/timings.hpp"

namespace tonris::actors {

void end_record(call_lifeline& life, const call_services& services, model::call_record::time at,
                model::end_reason reason, std::string_view detail) {
  auto& record = life.state.record;
  record.state = model::call_state::ended;
  record.ended = at;
  if (!record.streams.empty() && !record.streams.back().ended) record.streams.back().ended = at;
  if (!record.conversations.empty() && !record.conversations.back().ended) record.conversations.back().ended = at;
  if (!record.reason) {
    record.reason = reason;
    record.end_detail = detail;
  }
  // First what may throw: an actor that crashes over it ends the call anew, and it is counted once.
  write_note(services, record, at, model::call_moment::ended, words(to_string(*record.reason), record.end_detail));
  if (record.troubled) services.counters->of<call_metrics>().call_troubled(record.troubled->reason);
  call_log::ended(record);
  services.counters->of<call_metrics>().call_ended(*record.reason, record.media, life.counted);
  if (record.answered) services.counters->of<call_timings>().length(at - *record.answered - life.away);
}

}  // namespace tonris::actors
