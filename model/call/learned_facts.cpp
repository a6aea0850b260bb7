#include "model/call/learned_facts.hpp"

namespace tonris::model {

std::vector<later_fact> facts_in(const call_record& record) {
  std::vector<later_fact> facts;
  facts.insert(facts.end(), record.voicemail.begin(), record.voicemail.end());
  facts.insert(facts.end(), record.tool_calls.begin(), record.tool_calls.end());
  facts.insert(facts.end(), record.notes.begin(), record.notes.end());
  facts.insert(facts.end(), record.reports.begin(), record.reports.end());
  facts.insert(facts.end(), record.legs.begin(), record.legs.end());
  if (record.twilio && record.twilio->source == carrier_progress::source_type::callback)
    facts.emplace_back(*record.twilio);
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

}  // namespace tonris::model
