#include "model/call/learned_facts.hpp"

#include <variant>

namespace tonris::model {

std::vector<later_fact> facts_in(const call_record& record) {
  std::vector<later_fact> facts;
  facts.insert(facts.end(), record.voicemail.begin(), record.voicemail.end());
  facts.insert(facts.end(), record.tool_calls.begin(), record.tool_calls.end());
  facts.insert(facts.end(), record.notes.begin(), record.notes.end());
  facts.insert(facts.end(), record.reports.begin(), record.reports.end());
  facts.insert(facts.end(), record.legs.begin(), record.legs.end());
  facts.insert(facts.end(), record.recordings.begin(), record.recordings.end());
  if (record.twilio) facts.emplace_back(*record.twilio);
  if (record.heard) facts.emplace_back(*record.heard);
  if (record.cut_off) facts.emplace_back(*record.cut_off);
  return facts;
}

call_record without_facts(const call_record& record) {
  call_record empty;
  empty.call = record.call;
  empty.tenant = record.tenant;
  empty.started = record.started;
  empty.agent = record.agent;
  empty.conversations = record.conversations;
  return empty;
}

/// That a recording is deleted says nothing to who does not know it.
void collect_fact(call_record& learned, const call_record& before, const later_fact& fact) {
  if (const auto* const message = std::get_if<call_record::voicemail_message>(&fact))
    for (const auto& one : before.voicemail)
      if (one.recording == message->recording) (void)add_fact(learned, one);
  if (const auto* const recording = std::get_if<call_record::recording>(&fact))
    for (const auto& one : before.recordings)
      if (one.sid == recording->sid) (void)add_fact(learned, one);
  (void)add_fact(learned, fact);
}

}  // namespace tonris::model
